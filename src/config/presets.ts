// What is known of mail providers, relays and fax gateways, joined. Figures change: each entry says when it was looked up and where.
import { faxGateways } from './presets/fax-gateways.ts';
import { mailServices } from './presets/mail-services.ts';
import type { Preset } from './presets/preset.ts';
import { relays } from './presets/relays.ts';

/** By the word that stands after `preset:`. */
export const presets: Readonly<Record<string, Preset>> = { ...mailServices, ...relays, ...faxGateways };

const names = new Map(
  Object.entries(presets).flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((word) => [word, name])),
);

/** Every word that may stand after `preset:`. */
export const presetWords: readonly string[] = [...names.keys()];

/** The preset of a name or one of its aliases; null when there is none. */
export function findPreset(word: string): { name: string; preset: Preset } | null {
  const name = names.get(word);
  const preset = name === undefined ? undefined : presets[name];
  return name === undefined || preset === undefined ? null : { name, preset };
}
