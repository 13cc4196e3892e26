// Files by sha256 on disk: alone under their own name, or many that come together in one pack, which costs one sync for all.
import { hash, createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type FileHandle, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { makeDurably, sweepParts, syncFolder, writeDurably } from './durable.ts';
import type { FileStore } from './file-store.ts';
import { joinWrites, type Wanted } from './joined-writes.ts';
import { copyInto, holds } from './kept-file.ts';
import { once } from './once.ts';
import { readPieces } from './pack.ts';
import { createPacks, type Packs } from './packs.ts';
import { freeSpace, roomKeeper } from './room.ts';

/** Fewer documents than this, or larger ones, are files of their own. */
const packFrom = 4;
const largestPacked = 4 * 1024 * 1024;

/** Larger files that are there already are trusted by their size: to read them would take too much memory. */
const largestCompared = 64 * 1024 * 1024;

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  );

const isWhole = (bytes: Uint8Array, sha256: string): boolean => hash('sha256', bytes, 'hex') === sha256;

/** The folders of a store, made durable before the first document: a name in a folder that is lost is lost. */
interface Folders {
  root: string;
  packs: string;
  parts: string;
  pathOf(sha256: string): string;
}

const foldersIn = (root: string): Folders => ({
  root,
  packs: join(root, 'packs'),
  parts: join(root, 'parts'),
  pathOf: (sha256) => join(root, sha256.slice(0, 2), sha256),
});

/** @throws OBX018 when they can not be made */
function makeFolders({ packs, parts }: Folders): void {
  try {
    for (const path of [packs, parts]) mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new OutboxError('OBX018', { detail: wordsOf(error) }, error);
  }
}

/** Once in every program: another one may have made the folders, and be about to sync them. */
function preparer({ root, packs, parts }: Folders): () => Promise<void> {
  return once(async () => {
    await syncFolder(root);
    await syncFolder(dirname(root));
    // What can not be removed only takes space.
    for (const path of [parts, packs]) await sweepParts(path, Date.now()).catch(() => {});
  });
}

async function isKept(path: string, bytes: Uint8Array): Promise<boolean> {
  if ((await sizeOf(path)) !== bytes.length) return false;
  if (bytes.length > largestCompared) return true;
  const kept = await readFile(path).catch(() => null);
  return kept?.equals(bytes) ?? false;
}

/** Writes single files, each under its name. */
function singleWriter({ root, parts, pathOf }: Folders) {
  const synced = new Set<string>();
  const placeFor = async (sha256: string): Promise<string> => {
    const path = pathOf(sha256);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    // What another program has named a moment ago may not be synced yet: that holds for the folder and for the file.
    if (!synced.has(folder)) await syncFolder(root);
    synced.add(folder);
    return path;
  };
  return {
    async bytes(sha256: string, bytes: Uint8Array): Promise<void> {
      const path = await placeFor(sha256);
      if (await isKept(path, bytes)) return syncFolder(dirname(path));
      await writeDurably(path, [bytes], parts);
    },

    async file<T>(from: string, look: (file: FileHandle, size: number) => Promise<T>) {
      let made: { sha256: string; size: number; seen: T } | null = null;
      await makeDurably(parts, async (file) => {
        const { sha256, size } = await copyInto(file, from);
        made = { sha256, size, seen: await look(file, size) };
        const path = await placeFor(sha256);
        if ((await sizeOf(path)) !== size || !(await holds(path, sha256))) return path;
        await syncFolder(dirname(path));
        return null;
      });
      return made!;
    },
  };
}

/** The first whole one of all the places where a document may lie. */
async function readWhole(sha256: string, { pathOf }: Folders, packs: Packs): Promise<Buffer> {
  const whole = async (reading: Promise<Buffer>): Promise<Buffer | null> => {
    const bytes = await reading.catch(() => null);
    return bytes !== null && isWhole(bytes, sha256) ? bytes : null;
  };
  const known = packs.known(sha256);
  const found = (known && (await whole(packs.read(known)))) ?? (await whole(readFile(pathOf(sha256))));
  if (found) return found;
  if (!(await packs.find(sha256))) throw new Error('no whole file, and no pack, has it');
  for (const place of await packs.findAll(sha256)) {
    const bytes = await whole(packs.read(place));
    if (!bytes) continue;
    packs.prefer(sha256, place);
    return bytes;
  }
  throw new Error('its pack is damaged');
}

export interface DiskOptions {
  /** A person must know, once: of a pack that can not be read. */
  tell?: (text: string) => void;
  /** Octets; null when it can not be known. */
  freeSpace?: (folder: string) => Promise<number | null>;
}

function writing(folders: Folders, packs: Packs, room: FileStore['room']): Pick<FileStore, 'put' | 'putFile'> {
  const prepare = preparer(folders);
  const alone = singleWriter(folders);

  const write = async (wanted: Wanted): Promise<void> => {
    await prepare();
    const small = [...wanted].filter(([, bytes]) => bytes.length <= largestPacked);
    const packed = new Map(small.length < packFrom ? [] : small);
    if (packed.size > 0) await packs.write(packed);
    for (const [sha256, bytes] of wanted) if (!packed.has(sha256)) await alone.bytes(sha256, bytes);
  };
  /** Few documents of many callers; who brings many has a pack of its own, and is written beside the others. */
  const writeJoined = joinWrites(write);
  const keep = async (wanted: Wanted): Promise<void> => {
    const isSmall = wanted.size < packFrom && wanted.values().every(({ length }) => length <= largestPacked);
    return isSmall ? writeJoined(wanted) : write(wanted);
  };
  const notKept = (error: unknown): unknown =>
    error instanceof OutboxError || error instanceof TypeError
      ? error
      : new OutboxError('OBX018', { detail: wordsOf(error) }, error);

  return {
    async put(contents) {
      const names = contents.map((bytes) => hash('sha256', bytes, 'hex'));
      await room(contents.reduce((sum, bytes) => sum + bytes.length, 0));
      try {
        await keep(new Map(names.map((name, at) => [name, contents[at]!])));
      } catch (error) {
        throw notKept(error);
      }
      return names;
    },
    async putFile(path, look) {
      await room((await sizeOf(path)) ?? 0);
      try {
        await prepare();
        return await alone.file(path, look);
      } catch (error) {
        throw notKept(error);
      }
    },
  };
}

function reading(folders: Folders, packs: Packs): Omit<FileStore, 'inThread' | 'room' | 'put' | 'putFile'> {
  const openPieces = async (sha256: string): Promise<AsyncIterable<Buffer>> => {
    const path = folders.pathOf(sha256);
    const place = (await sizeOf(path)) === null ? await packs.find(sha256) : null;
    return place ? readPieces(place.pack, place.offset, place.size) : readPieces(path, 0, null);
  };

  return {
    get: (sha256) =>
      readWhole(sha256, folders, packs).catch((error: unknown) => {
        throw new OutboxError('OBX017', { sha256 }, error);
      }),
    isAtHand: (sha256) => packs.known(sha256) !== null,
    fill(sha256, memory) {
      try {
        const place = packs.known(sha256);
        if (place?.size !== memory.length) throw new Error('it is not where it was');
        packs.fill(place, memory);
        if (!isWhole(memory, sha256)) throw new Error('its pack is damaged');
      } catch (error) {
        throw new OutboxError('OBX017', { sha256 }, error);
      }
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
      if (sum.digest('hex') === sha256) return;
      // If it lies whole in another pack, the next try finds it there.
      await readWhole(sha256, folders, packs).catch(() => {});
      throw new OutboxError('OBX017', { sha256 });
    },
    has: async (sha256) => (await sizeOf(folders.pathOf(sha256))) !== null || (await packs.find(sha256)) !== null,
  };
}

/**
 * @param folder of the files; single ones lie in 256 sub-folders, packs in packs/
 * @throws OBX018 when the folder can not be made
 */
export function openDiskFiles(folder: string, options: DiskOptions = {}): FileStore {
  const { tell = () => {}, freeSpace: free = freeSpace } = options;
  const folders = foldersIn(folder);
  makeFolders(folders);
  const packs = createPacks(folders.packs, folders.parts, tell);
  const room = roomKeeper(() => free(folder));
  return { inThread: { folder, tell }, room, ...writing(folders, packs, room), ...reading(folders, packs) };
}
