// What a person asks of many messages, named one by one or meant by a filter: read and changed portion by portion.
import type { Message } from '../message/message.ts';
import { isMeant, operateOnAll, type Verb } from './operations.ts';
import type { IntakeParts } from './parts.ts';
import type { Done } from './re-route.ts';
import { isMeantToGoAgain, resendAll, type Resent } from './resend.ts';

/** Which messages, and whether each of them was meant: by its id, or by its status. */
export interface Chosen {
  ids: readonly string[];
  /** False: they come by a filter, and those for which the verb makes no sense are passed over. */
  named: boolean;
}

/**
 * Releases, holds, cancels or retries them.
 * @param onDone hears of each when it is durable
 */
export async function operateOnMany(
  verb: Verb,
  { ids, named }: Chosen,
  parts: IntakeParts,
  onDone: (message: Message, done: Done) => void,
): Promise<void> {
  for await (const messages of parts.store.messages.portions(ids)) {
    const wanted = named ? messages : messages.filter((message) => isMeant(verb, message));
    await operateOnAll(verb, wanted, parts, onDone);
  }
}

export interface ResendMany extends Chosen {
  /** Email address or fax number; null: the old recipient. */
  to: string | null;
  /** Each was named by its id. */
  byId: boolean;
  /** Also those that were sent again before; with ids only. */
  again: boolean;
}

/**
 * Sends them again as new, linked ones.
 * @throws OBX013 for an address that can not be used: then nothing is sent
 */
export async function resendMany(
  { ids, named, byId, again, to }: ResendMany,
  parts: IntakeParts,
  onDone: (message: Message, resent: Resent) => void,
): Promise<void> {
  const unless = !byId ? 'any' : again ? null : 'alive';
  for await (const messages of parts.store.messages.portions(ids)) {
    const wanted = named ? messages : messages.filter(isMeantToGoAgain);
    await resendAll(wanted, { to, unless }, parts, onDone);
  }
}

/** How many of them it would touch. */
export async function countMeant(verb: Verb | 'resend', { ids, named }: Chosen, parts: Pick<IntakeParts, 'store'>) {
  if (named) return ids.length;
  let count = 0;
  const meant = verb === 'resend' ? isMeantToGoAgain : (message: Message): boolean => isMeant(verb, message);
  for await (const messages of parts.store.messages.portions(ids)) count += messages.filter(meant).length;
  return count;
}
