// Files by sha256 on disk: written beside, fsynced in parallel, renamed, then one fsync of each folder.
import { createHash, hash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { access, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { FileStore } from './file-store.ts';

/** So many files are written at once: the disk joins their syncs. */
const parallel = 16;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${randomUUID()}.part`;
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await file.close();
    await unlink(beside).catch(() => {});
    throw error;
  }
  await file.close();
  await rename(beside, path);
}

/** Without it a crash may forget the new names (a rename lasts only when its folder is synced). */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, lane));
}

/** @param folder of the files; two hex digits make 256 sub-folders */
export function openDiskFiles(folder: string): FileStore {
  mkdirSync(folder, { recursive: true });
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);

  const write = async (wanted: ReadonlyMap<string, Uint8Array>): Promise<void> => {
    const touched = new Set<string>();
    await inParallel([...wanted], async ([sha256, bytes]) => {
      const path = pathOf(sha256);
      if (await exists(path)) return;
      const made = await mkdir(dirname(path), { recursive: true });
      if (made) touched.add(folder);
      touched.add(dirname(path));
      await writeDurably(path, bytes);
    });
    await inParallel([...touched], syncFolder);
  };

  return {
    async put(contents) {
      const names = contents.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
      try {
        await write(new Map(names.map((name, at) => [name, contents[at]!])));
      } catch (error) {
        throw new OutboxError('OBX018', { detail: wordsOf(error) }, error);
      }
      return names;
    },
    async get(sha256) {
      const bytes = await readFile(pathOf(sha256)).catch((error: unknown) => {
        throw new OutboxError('OBX017', { sha256 }, error);
      });
      if (hash('sha256', bytes, 'hex') !== sha256) throw new OutboxError('OBX017', { sha256 });
      return bytes;
    },
    has: (sha256) => exists(pathOf(sha256)),
  };
}
