// How a secret may be written in the settings. No fault of it ever quotes what was written.
import { z } from 'zod';
import type { SecretSource } from '../message/settings.ts';
import { isMapping } from './raw-setting.ts';

/** Stands in an export for a secret that is kept in the installation; applied, it keeps what is there. */
export const keptText = '(kept in the installation)';

export const secretHint = 'write { env: NAME } or { file: PATH }';

const kinds = ['env', 'file', 'sealed'] as const;
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** True for a reference or a sealed secret of the right form. */
export function isSecretSource(value: unknown): value is SecretSource {
  if (!isMapping(value)) return false;
  const keys = Object.keys(value);
  const kind = kinds.find((known) => known === keys[0]);
  const place = kind === undefined ? undefined : value[kind];
  if (keys.length !== 1 || typeof place !== 'string' || place === '' || place.includes('\0')) return false;
  return kind !== 'env' || variable.test(place);
}

/** A secret in clear, as a person may write it into a file: text, or digits that YAML takes for a number. */
export const isInClear = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

export const isKept = (value: unknown): boolean =>
  isSecretSource(value) && 'sealed' in value && value.sealed === keptText;

const isSecretForm = (value: unknown): value is SecretSource | string | number =>
  isSecretSource(value) || isInClear(value);

/** A reference, a sealed secret, or the secret in clear. */
export const secret = z.unknown().superRefine((value, context) => {
  if (value === null || value === undefined || isSecretForm(value)) return;
  context.addIssue({ code: 'custom', message: 'a secret can not be written so', params: { hint: secretHint } });
});

/** The same, and it must be there. */
export const givenSecret = secret.refine((value) => value !== null && value !== undefined, {
  error: 'this is missing',
  params: { hint: secretHint },
});

/** A secret as it may be shown: references as they are, all else as "(secret)". */
export function showSecret(value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (isSecretSource(value) && !('sealed' in value)) return value;
  return '(secret)';
}
