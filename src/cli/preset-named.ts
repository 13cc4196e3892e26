// A preset by the name that a person wrote.
import { findPreset, presetWords } from '../config/presets.ts';
import type { Preset } from '../config/presets/preset.ts';
import { suggest } from '../config/suggest.ts';
import { OutboxError } from '../message/errors.ts';

/** @throws OBX009 with the nearest name */
export function presetNamed(word: string): { name: string; preset: Preset } {
  const found = findPreset(word);
  if (!found) throw new OutboxError('OBX009', { what: 'preset', id: word, hint: suggest(word, presetWords) });
  return found;
}
