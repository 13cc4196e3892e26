// Files by sha256 on disk: alone under their own name, or many that come together in one pack, which costs one sync for all.
import { createHash, hash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { FileStore } from './file-store.ts';
import { packParts, packPlaces, type Place, readIndex, readPieces, readPlace } from './pack.ts';

/** Fewer documents than this, or larger ones, are files of their own. */
const packFrom = 4;
const largestPacked = 4 * 1024 * 1024;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Without it a crash may forget the new names (a rename lasts only when its folder is synced). */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** All of it under its name, or nothing. */
async function writeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const beside = `${path}.${randomUUID()}.part`;
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(parts);
    await file.sync();
    await file.close();
    await rename(beside, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** @param folder of the files; single ones lie in 256 sub-folders, packs in packs/ */
export function openDiskFiles(folder: string): FileStore {
  const packs = join(folder, 'packs');
  mkdirSync(packs, { recursive: true });
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
  /** What is known of the packs; they never change, so they are read once. */
  const places = new Map<string, Place>();
  const known = new Set<string>();

  const learn = (name: string, found: ReadonlyMap<string, Place>): void => {
    for (const [sha256, place] of found) places.set(sha256, place);
    known.add(name);
  };

  const learnPacks = async (): Promise<void> => {
    for (const name of await readdir(packs)) {
      if (!name.endsWith('.pack') || known.has(name)) continue;
      learn(name, await readIndex(join(packs, name)));
    }
  };

  const placeOf = async (sha256: string): Promise<Place | null> => {
    if (!places.has(sha256)) await learnPacks();
    return places.get(sha256) ?? null;
  };

  const writeAlone = async (sha256: string, bytes: Uint8Array): Promise<void> => {
    const path = pathOf(sha256);
    if (await exists(path)) return;
    if (await mkdir(dirname(path), { recursive: true })) await syncFolder(folder);
    await writeDurably(path, [bytes]);
  };

  const writePack = async (documents: ReadonlyMap<string, Uint8Array>): Promise<void> => {
    await learnPacks();
    const fresh = new Map([...documents].filter(([sha256]) => !places.has(sha256)));
    if (fresh.size === 0) return;
    const name = `${randomUUID()}.pack`;
    const path = join(packs, name);
    await writeDurably(path, packParts(fresh));
    learn(name, packPlaces(path, fresh));
  };

  const write = async (wanted: ReadonlyMap<string, Uint8Array>): Promise<void> => {
    const small = [...wanted].filter(([, bytes]) => bytes.length <= largestPacked);
    const packed = new Map(small.length < packFrom ? [] : small);
    if (packed.size > 0) await writePack(packed);
    for (const [sha256, bytes] of wanted) if (!packed.has(sha256)) await writeAlone(sha256, bytes);
  };

  const read = async (sha256: string): Promise<Buffer> => {
    const place = places.get(sha256);
    if (place) return readPlace(place);
    const alone = await readFile(pathOf(sha256)).catch(() => null);
    if (alone) return alone;
    const packed = await placeOf(sha256);
    if (packed) return readPlace(packed);
    throw new Error('it is neither a file nor in a pack');
  };

  const openPieces = async (sha256: string): Promise<AsyncIterable<Buffer>> => {
    const place = (await exists(pathOf(sha256))) ? null : await placeOf(sha256);
    return place ? readPieces(place.pack, place.offset, place.size) : readPieces(pathOf(sha256), 0, null);
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
      const bytes = await read(sha256).catch((error: unknown) => {
        throw new OutboxError('OBX017', { sha256 }, error);
      });
      if (hash('sha256', bytes, 'hex') !== sha256) throw new OutboxError('OBX017', { sha256 });
      return bytes;
    },
    async *pieces(sha256) {
      const sum = createHash('sha256');
      try {
        for await (const piece of await openPieces(sha256)) {
          sum.update(piece);
          yield piece;
        }
      } catch (error) {
        throw new OutboxError('OBX017', { sha256 }, error);
      }
      if (sum.digest('hex') !== sha256) throw new OutboxError('OBX017', { sha256 });
    },
    has: async (sha256) => (await exists(pathOf(sha256))) || (await placeOf(sha256)) !== null,
  };
}
