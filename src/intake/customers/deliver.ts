// The delivery rule of a customer as one field of text: "default=email,fax; statement=fax".
import { channels } from '../../message/message.ts';
import type { Channel } from '../../message/message.ts';

export type Deliver = Record<string, Channel[]>;

const isChannel = (word: string): word is Channel => (channels as readonly string[]).includes(word);

/** The same as the settings file asks for. */
function orderFault(names: readonly string[]): string | null {
  if (new Set(names).size !== names.length) return 'a channel is named twice';
  return names.length > 1 && names.includes('none') ? 'none stands beside other channels' : null;
}

/**
 * Channels by document type, in their order. Channels without a type are the default; an empty text is no rule at all.
 * Else what is wrong, in words.
 */
export function readDeliver(text: string): { ok: true; deliver: Deliver } | { ok: false; detail: string } {
  const deliver = new Map<string, Channel[]>();
  for (const part of text.split(';').map((each) => each.trim())) {
    if (part === '') continue;
    const [left = '', right, more] = part.split('=').map((each) => each.trim());
    const type = right === undefined ? 'default' : left;
    const names = (right ?? left).split(',').map((name) => name.trim().toLowerCase());
    if (type === '' || more !== undefined) return { ok: false, detail: `"${part}" is not of the form ${example}` };
    if (deliver.has(type)) return { ok: false, detail: `${type} stands twice` };
    const wrong = names.find((name) => !isChannel(name));
    if (wrong !== undefined) return { ok: false, detail: `"${wrong}" is no channel; there are ${channels.join(', ')}` };
    const fault = orderFault(names);
    if (fault !== null) return { ok: false, detail: `${type}: ${fault}` };
    deliver.set(type, names.filter(isChannel));
  }
  return { ok: true, deliver: Object.fromEntries(deliver) };
}

const example = 'default=email,fax; statement=fax';

/** The text that `readDeliver` reads as `deliver`. */
export const writeDeliver = (deliver: Deliver): string =>
  Object.entries(deliver)
    .map(([type, names]) => `${type}=${names.join(',')}`)
    .join('; ');
