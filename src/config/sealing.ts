// Seals the secrets that were written in clear, so that none is ever stored as it is.
import type { RawSetting } from './raw-setting.ts';
import { isInClear, isKept, isSecretSource } from './secret-form.ts';
import type { SecretKey } from './secret-key.ts';
import { secretPlaces, withSecret } from './secret-place.ts';
import type { SecretPlace } from './secret-place.ts';

/** The sealed text that is there already, if it holds the same secret: sealing anew would look like a change. */
function sealedBefore(
  place: SecretPlace,
  clear: string,
  key: SecretKey,
  current: readonly RawSetting[],
): string | null {
  const there = current.flatMap(secretPlaces).find(({ name }) => name === place.name)?.value;
  if (!isSecretSource(there) || !('sealed' in there) || isKept(there)) return null;
  try {
    return key.unseal(there.sealed, place.name).reveal() === clear ? there.sealed : null;
  } catch {
    return null;
  }
}

/**
 * The same settings with every secret in clear sealed.
 * @param current what is stored now: an unchanged secret keeps its sealed text
 */
export function sealRaw(raw: readonly RawSetting[], key: SecretKey, current: readonly RawSetting[] = []): RawSetting[] {
  return raw.map((setting) => {
    let sealed = setting;
    for (const place of secretPlaces(setting)) {
      if (!isInClear(place.value)) continue;
      const clear = String(place.value);
      const text = sealedBefore(place, clear, key, current) ?? key.seal(clear, place.name);
      sealed = withSecret(sealed, place, { sealed: text });
    }
    return sealed;
  });
}

/** The names of the secrets that stand in clear. */
export const secretsInClear = (raw: readonly RawSetting[]): string[] =>
  raw.flatMap(secretPlaces).flatMap(({ name, value }) => (isInClear(value) ? [name] : []));
