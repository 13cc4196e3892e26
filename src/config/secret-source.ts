// Reads a secret from where the settings say it is: a variable, a file, or sealed in the database.
import { readFile, stat } from 'node:fs/promises';
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { SecretSource } from '../message/settings.ts';
import { readSecretVariable } from './environment.ts';
import type { SecretKey } from './secret-key.ts';

/** The name of a transport's password: what it is sealed under, and what people read. */
export const passwordName = (transport: string): string => secretName(transport, ['password']);

/** The same for any secret of a transport. @param keys where it stands in the transport, such as oauth, secret */
export const secretName = (transport: string, keys: readonly string[]): string =>
  ['transports', transport, ...keys].join('.');

async function readSecretFile(file: string, name: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new OutboxError('OBX004', { name, detail: wordsOf(error) }, error);
  }
  // Editors and `echo` put a line end behind the secret that is no part of it.
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new OutboxError('OBX004', { name, detail: `the file ${file} is empty` });
  return secret;
}

/**
 * The secret itself.
 * @param name what it is called in errors; for a sealed one, what it was sealed under (`secretName`)
 * @throws OutboxError OBX004 where it is not there or can not be opened
 */
export async function readSecret(source: SecretSource, key: SecretKey, name: string): Promise<string> {
  if ('env' in source) return readSecretVariable(source.env, name);
  if ('file' in source) return readSecretFile(source.file, name);
  return key.unseal(source.sealed, name).reveal();
}

/** True where others than the owner may read the file. Windows has other rights: never true there. */
export async function isOpenToOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const { mode } = await stat(file);
  return (mode & 0o004) !== 0;
}
