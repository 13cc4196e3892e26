// The packs of a folder: which documents lie where, whatever program wrote them, and whatever has become of some of them.
import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wordsOf } from '../../message/errors.ts';
import { syncFolder, writeDurably } from './durable.ts';
import { createOpenPacks, largestReadAtOnce } from './open-packs.ts';
import { once } from './once.ts';
import { packParts, packPlaces, type Place, readIndex, readPlace } from './pack.ts';

export interface Packs {
  /** Where the document is said to lie, as far as it is known. */
  known(sha256: string): Place | null;
  /** The same; looks for new packs when it is not known. */
  find(sha256: string): Promise<Place | null>;
  /** All its places, some of which may be damaged. Reads every index anew, so it is slow. */
  findAll(sha256: string): Promise<Place[]>;
  /** From now on this place is where the document lies. */
  prefer(sha256: string, place: Place): void;
  read(place: Place): Promise<Buffer>;
  /** Reads without waiting into memory of its size. @throws what the file system says */
  fill(place: Place, memory: Uint8Array): void;
  /** Writes the documents that are not there, or not as they should be, as one pack; resolves when all are durable. */
  write(documents: ReadonlyMap<string, Uint8Array>): Promise<void>;
}

/** What tells a restored pack from the damaged one; null when there is none. */
const seenAs = (path: string): Promise<string | null> =>
  stat(path).then(
    ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
    () => null,
  );

const unreadable = (path: string, error: unknown): string =>
  `The pack ${path} can not be read: ${wordsOf(error)}. Its documents are missing until it is restored, or they are sent again.`;

/**
 * @param folder of the packs
 * @param parts for what is not whole yet
 * @param tell a person of a pack that can not be read, once
 */
export function createPacks(folder: string, parts: string, tell: (text: string) => void): Packs {
  const open = createOpenPacks();
  const places = new Map<string, Place>();
  /** Packs never change, so they are read once. */
  const known = new Set<string>();
  /** Packs that can not be read, and as what they were seen: a restored one is looked at again. */
  const bad = new Map<string, string>();

  const learn = (name: string, found: ReadonlyMap<string, Place>): void => {
    for (const [sha256, place] of found) places.set(sha256, place);
    known.add(name);
    bad.delete(name);
  };

  /** One bad pack must hold up nothing but its own documents. */
  const learnOne = async (name: string): Promise<void> => {
    const path = join(folder, name);
    const seen = await seenAs(path);
    if (seen === null || bad.get(name) === seen) return;
    try {
      learn(name, await readIndex(path));
    } catch (error) {
      if (!bad.has(name)) tell(unreadable(path, error));
      bad.set(name, seen);
    }
  };

  const names = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith('.pack'));

  const learnNew = async (): Promise<void> => {
    for (const name of await names()) if (!known.has(name)) await learnOne(name);
  };

  /**
   * Before the first write: what was there is not written again. What other programs bring later may be kept twice, which
   * harms nobody; to look for it at every write would take the longer the more packs there are.
   */
  const learnOnce = once(learnNew);

  const read = async (place: Place): Promise<Buffer> => {
    if (place.size > largestReadAtOnce) return readPlace(place);
    try {
      const bytes = Buffer.allocUnsafe(place.size);
      open.fill(bytes, place.pack, place.offset);
      return bytes;
    } catch {
      // The file may have been replaced, or taken away and restored.
      open.forget(place.pack);
      return readPlace(place);
    }
  };

  const isThere = async (sha256: string, bytes: Uint8Array): Promise<boolean> => {
    const place = places.get(sha256);
    if (place?.size !== bytes.length) return false;
    const kept = await read(place).catch(() => null);
    return kept?.equals(bytes) ?? false;
  };

  return {
    read,
    fill: (place, memory) => open.fill(memory, place.pack, place.offset),
    known: (sha256) => places.get(sha256) ?? null,
    async find(sha256) {
      if (!places.has(sha256)) await learnNew();
      return places.get(sha256) ?? null;
    },
    async findAll(sha256) {
      const found: Place[] = [];
      for (const name of await names()) {
        const place = (await readIndex(join(folder, name)).catch(() => null))?.get(sha256);
        if (!place) continue;
        open.forget(place.pack);
        found.push(place);
      }
      return found;
    },
    prefer: (sha256, place) => void places.set(sha256, place),
    async write(documents) {
      await learnOnce();
      const fresh = new Map<string, Uint8Array>();
      for (const [sha256, bytes] of documents) if (!(await isThere(sha256, bytes))) fresh.set(sha256, bytes);
      // What another program has named a moment ago may not be synced yet.
      if (fresh.size < documents.size) await syncFolder(folder);
      if (fresh.size === 0) return;
      const name = `${randomUUID()}.pack`;
      const path = join(folder, name);
      await writeDurably(path, packParts(fresh), parts);
      learn(name, packPlaces(path, fresh));
    },
  };
}
