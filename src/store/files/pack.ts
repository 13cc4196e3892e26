// A pack: documents that came together, one behind the other in one file, with an index at its end. Written once, never changed.
import { open, type FileHandle } from 'node:fs/promises';

/** Where a document lies in its pack. */
export interface Place {
  pack: string;
  offset: number;
  size: number;
}

/** The last bytes of a pack: the length of its index in ten digits, and a mark. */
const mark = 'OUTBOXPACK1\n';
const digits = 10;
const trailerLength = digits + 1 + mark.length;

type Index = readonly (readonly [sha256: string, size: number])[];

function placesOf(pack: string, index: Index): Map<string, Place> {
  const places = new Map<string, Place>();
  let offset = 0;
  for (const [sha256, size] of index) {
    places.set(sha256, { pack, offset, size });
    offset += size;
  }
  return places;
}

const indexOf = (documents: ReadonlyMap<string, Uint8Array>): Index =>
  [...documents].map(([sha256, bytes]) => [sha256, bytes.length]);

/** Where the documents will lie in a pack at this path. */
export const packPlaces = (path: string, documents: ReadonlyMap<string, Uint8Array>): Map<string, Place> =>
  placesOf(path, indexOf(documents));

/** The parts of a pack, in their order. */
export function packParts(documents: ReadonlyMap<string, Uint8Array>): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(indexOf(documents)));
  const trailer = Buffer.from(`${String(text.length).padStart(digits, '0')}\n${mark}`);
  return [...documents.values(), text, trailer];
}

async function read(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
  if (bytesRead !== length) throw new Error('the pack is shorter than its index says');
  return buffer;
}

/**
 * The places of all documents of a pack.
 * @throws when the file is no whole pack
 */
export async function readIndex(path: string): Promise<Map<string, Place>> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const trailer = (await read(file, size - trailerLength, trailerLength)).toString('latin1');
    const length = Number(trailer.slice(0, digits));
    if (!trailer.endsWith(mark) || !Number.isInteger(length)) throw new Error(`${path} is no pack`);
    const index = JSON.parse((await read(file, size - trailerLength - length, length)).toString()) as Index;
    return placesOf(path, index);
  } finally {
    await file.close();
  }
}

/** Octets of a piece: twenty lines hold one each, as it is and as base64, so that large messages stay within little memory. */
const pieceLength = 32 * 1024;

/** A part of a file, or all of it, in pieces. */
export async function* readPieces(path: string, from: number, size: number | null): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    const end = from + (size ?? (await file.stat()).size);
    for (let at = from; at < end; at += pieceLength) yield await read(file, at, Math.min(pieceLength, end - at));
  } finally {
    await file.close();
  }
}

export async function readPlace({ pack, offset, size }: Place): Promise<Buffer> {
  const file = await open(pack, 'r');
  try {
    return await read(file, offset, size);
  } finally {
    await file.close();
  }
}
