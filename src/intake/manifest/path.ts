// Where the file of a manifest row lies. A manifest comes from outside: it must not reach beyond its own folder.
import { realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { OutboxError, wordsOf } from '../../message/errors.ts';

export type ManifestFile = { ok: true; path: string } | { ok: false; reason: 'missing-file' };

/**
 * The real path (no symbolic links left in it) of the file `name` of a manifest in `folder`. Backslashes separate as slashes do.
 * @throws OBX140 when it is an absolute path or leads out of the folder, by ".." or by a link; OBX003 when the system refuses to look
 */
export async function resolveManifestFile(folder: string, name: string): Promise<ManifestFile> {
  const relative = name.replaceAll('\\', '/');
  if (isOutside(relative)) throw new OutboxError('OBX140', { name });
  const path = await realPathOf(resolve(folder, relative), name);
  if (path === null) return { ok: false, reason: 'missing-file' };
  const root = await realpath(folder);
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) throw new OutboxError('OBX140', { name });
  // Only a plain file: a pipe would let the reader wait for ever.
  return (await stat(path)).isFile() ? { ok: true, path } : { ok: false, reason: 'missing-file' };
}

const isOutside = (name: string): boolean =>
  name.startsWith('/') || /^[a-z]:/i.test(name) || name.includes('\0') || name.split('/').includes('..');

async function realPathOf(path: string, name: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new OutboxError('OBX003', { file: name, detail: wordsOf(error) }, error);
  }
}
