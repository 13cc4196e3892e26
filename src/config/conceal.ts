// Settings as a history may keep them: secrets in clear or sealed are not shown, references stay.
import { isMapping } from './raw-setting.ts';
import { showSecret } from './secret-form.ts';

/** Keys whose value is a secret, wherever they stand. */
const secretKeys: readonly string[] = ['password', 'secret', 'token', 'refreshToken'];

/** @param value one stored entry, or any part of it */
export function concealSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(concealSecrets);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [key, secretKeys.includes(key) ? showSecret(of) : concealSecrets(of)]),
  );
}
