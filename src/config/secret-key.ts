// The key of the installation: made once, kept in the data folder, seals the secrets that are stored in the database.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OutboxError, wordsOf } from '../message/errors.ts';
import { Secret } from './secret.ts';

const keyLength = 32;
const ivLength = 12;
const tagLength = 16;
const version = 'v1';

/** Seals and opens secrets. A sealed secret opens only under the name under which it was sealed. */
export interface SecretKey {
  /** @param name the place of the secret in the settings, such as "transports.office.password" */
  seal(value: string, name: string): string;
  /** @throws OutboxError OBX004 where it was sealed with another key, under another name, or changed since */
  unseal(sealed: string, name: string): Secret;
}

/** AES-256-GCM (NIST SP 800-38D) with the name as additional data. */
function seal(key: Buffer, value: string, name: string): string {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(`${version}:${name}`));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return `${version}:${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')}`;
}

function unseal(key: Buffer, sealed: string, name: string): Secret {
  const [found, text] = sealed.split(':');
  const bytes = Buffer.from(text ?? '', 'base64');
  const fault = (detail: string): OutboxError => new OutboxError('OBX004', { name, detail });
  if (found !== version || bytes.length < ivLength + tagLength)
    throw fault('it is not a sealed secret of this program');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivLength), { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(`${version}:${name}`)).setAuthTag(bytes.subarray(ivLength, ivLength + tagLength));
  try {
    const body = bytes.subarray(ivLength + tagLength);
    return new Secret(Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8'));
  } catch {
    throw fault('it was sealed by another installation or for another place');
  }
}

/** @param key 32 bytes */
export const makeSecretKey = (key: Buffer): SecretKey => ({
  seal: (value, name) => seal(key, value, name),
  unseal: (sealed, name) => unseal(key, sealed, name),
});

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Written beside and linked into place: whoever reads secret.key never sees half a key, and nobody's key is overwritten. */
async function createKeyFile(folder: string, file: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(keyLength).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  if (process.platform !== 'win32') await sync(folder);
}

async function readKeyFile(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The key of a data folder; made at the first call (folder too), mode 0600.
 * @throws OutboxError OBX161 where it can not be read, written, or is no key
 */
export async function openSecretKey(dataFolder: string): Promise<SecretKey> {
  const file = join(dataFolder, 'secret.key');
  try {
    await mkdir(dataFolder, { recursive: true });
    if ((await readKeyFile(file)) === null) await createKeyFile(dataFolder, file);
    const text = (await readFile(file, 'utf8')).trim();
    const key = Buffer.from(text, 'base64');
    if (key.length !== keyLength || key.toString('base64') !== text) throw new Error('it does not hold a key');
    return makeSecretKey(key);
  } catch (error) {
    throw new OutboxError('OBX161', { file, detail: wordsOf(error) }, error);
  }
}
