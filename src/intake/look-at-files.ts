// Reads files, looks at each, and keeps their bytes in the file store: durable before anybody hears of them.
import type { FileStore } from '../store/files/file-store.ts';
import { inspect, inspectFile, type Inspection } from './inspect/inspection.ts';
import { portion } from './portion.ts';
import { createSpace, type ReadInto, type Space } from './space.ts';

/** A file whose bytes are in the store. */
export interface Kept {
  sha256: string;
  size: number;
  inspection: Inspection;
}

/** Larger files go through in pieces, and are never held. Octets. */
const largestHeld = portion.octets;

/** @throws OBX003, OBX018, OBX026 */
export type LookAtFiles = (paths: readonly string[]) => Promise<Kept[]>;

/** Through the store in pieces. */
async function keepLarge(path: string, files: FileStore): Promise<Kept> {
  const { seen, ...kept } = await files.putFile(path, ({ fd }, size) => inspectFile(fd, size));
  return { ...kept, inspection: seen };
}

/** The disk syncs while the pages are counted. */
async function keepTogether(contents: readonly Uint8Array[], files: FileStore): Promise<Kept[]> {
  const storing = files.put(contents);
  // Whoever awaits it hears of a fault; until then it must not end the process.
  storing.catch(() => {});
  const inspections: Inspection[] = [];
  for (const bytes of contents) inspections.push(await inspect(bytes));
  const names = await storing;
  return contents.map(({ length }, at) => ({ sha256: names[at]!, size: length, inspection: inspections[at]! }));
}

/**
 * Looks at the files of a portion at a time. Several portions may be on their way: while one is written the next is read.
 * @param read into memory that is used again
 */
export function lookerAt(files: FileStore, read: ReadInto): LookAtFiles {
  const spaces: Space[] = [];
  const look = async (paths: readonly string[], space: Space): Promise<Kept[]> => {
    const kept = new Map<number, Kept>();
    const held: { at: number; bytes: Uint8Array }[] = [];
    const contents = await Promise.all(paths.map(async (path) => read(space, path, largestHeld)));
    for (const [at, bytes] of contents.entries()) {
      if (bytes === null) kept.set(at, await keepLarge(paths[at]!, files));
      else held.push({ at, bytes });
    }
    const together =
      held.length === 0
        ? []
        : await keepTogether(
            held.map(({ bytes }) => bytes),
            files,
          );
    for (const [index, { at }] of held.entries()) kept.set(at, together[index]!);
    return paths.map((_, at) => kept.get(at)!);
  };
  return async (paths) => {
    // One document needs no memory of its own that is used again.
    if (paths.length === 1) return look(paths, createSpace(0));
    const space = spaces.pop() ?? createSpace(portion.octets);
    try {
      return await look(paths, space);
    } finally {
      space.clear();
      spaces.push(space);
    }
  };
}
