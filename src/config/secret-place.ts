// Where in the settings secrets stand.
import { isMapping } from './raw-setting.ts';
import type { RawSetting } from './raw-setting.ts';
import { passwordName } from './secret-source.ts';

/** One secret of an entry. */
export interface SecretPlace {
  /** What it is sealed under. */
  name: string;
  key: string;
  value: unknown;
}

/** The secrets of an entry, whatever has been written there. */
export function secretPlaces({ section, name, value }: RawSetting): SecretPlace[] {
  if (section !== 'transports' || !isMapping(value) || !Object.hasOwn(value, 'password')) return [];
  return [{ name: passwordName(name), key: 'password', value: value['password'] }];
}

/** The entry with another value at the place of a secret. */
export const withSecret = (setting: RawSetting, place: SecretPlace, value: unknown): RawSetting =>
  isMapping(setting.value) ? { ...setting, value: { ...setting.value, [place.key]: value } } : setting;
