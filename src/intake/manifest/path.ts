// Where the files of a manifest lie. A manifest comes from outside: it must not reach beyond its own folder.
import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { OutboxError, wordsOf } from '../../message/errors.ts';

export type ManifestFile = { ok: true; path: string; size: number } | { ok: false; reason: 'missing-file' };

const missing: ManifestFile = { ok: false, reason: 'missing-file' };

const isOutside = (name: string): boolean =>
  name.startsWith('/') || /^[a-z]:/i.test(name) || name.includes('\0') || name.split('/').includes('..');

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/**
 * Finds the files that a manifest in `folder` names: their real paths (no symbolic links left in them) and their octets.
 * Backslashes separate as slashes do. The folders on the way are looked at once, so make it anew for every manifest.
 * @throws OBX140 when a name is an absolute path or leads out of the folder, by ".." or by a link; OBX003 when the system
 * refuses to look
 */
export function manifestFolder(folder: string): (name: string) => Promise<ManifestFile> {
  const realFolders = new Map<string, Promise<string>>();
  const realFolderOf = (path: string): Promise<string> => {
    const known = realFolders.get(path) ?? realpath(path);
    realFolders.set(path, known);
    return known;
  };
  const root = realFolderOf(folder);
  root.catch(() => {});

  const find = async (path: string): Promise<{ path: string; found: Awaited<ReturnType<typeof lstat>> }> => {
    const real = join(await realFolderOf(dirname(path)), basename(path));
    const found = await lstat(real);
    if (!found.isSymbolicLink()) return { path: real, found };
    const target = await realpath(real);
    return { path: target, found: await stat(target) };
  };

  return async (name) => {
    const relative = name.replaceAll('\\', '/');
    if (isOutside(relative)) throw new OutboxError('OBX140', { name });
    try {
      const { path, found } = await find(resolve(folder, relative));
      const real = await root;
      if (!path.startsWith(real.endsWith(sep) ? real : real + sep)) throw new OutboxError('OBX140', { name });
      // Only a plain file: a pipe would let the reader wait for ever.
      return found.isFile() ? { ok: true, path, size: Number(found.size) } : missing;
    } catch (error) {
      if (error instanceof OutboxError) throw error;
      if (isAbsent(error)) return missing;
      throw new OutboxError('OBX003', { file: name, detail: wordsOf(error) }, error);
    }
  };
}
