// Where in the settings secrets stand.
import { isMapping, valueAt } from './raw-setting.ts';
import type { RawSetting } from './raw-setting.ts';
import { secretName } from './secret-source.ts';

/** One secret of an entry. */
export interface SecretPlace {
  /** What it is sealed under. */
  name: string;
  /** Where it stands in the entry. */
  keys: readonly string[];
  value: unknown;
}

/** Of a transport. */
const places: readonly (readonly string[])[] = [['password'], ['oauth', 'secret'], ['oauth', 'refreshToken']];

/** The secrets of an entry, whatever has been written there. */
export function secretPlaces({ section, name, value }: RawSetting): SecretPlace[] {
  if (section !== 'transports') return [];
  return places.flatMap((keys) => {
    const there = valueAt(value, keys);
    return there === undefined ? [] : [{ name: secretName(name, keys), keys, value: there }];
  });
}

function withValue(tree: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  return isMapping(tree) ? { ...tree, [key]: withValue(tree[key], rest, value) } : tree;
}

/** The entry with another value at the place of a secret. */
export const withSecret = (setting: RawSetting, place: SecretPlace, value: unknown): RawSetting => ({
  ...setting,
  value: withValue(setting.value, place.keys, value),
});
