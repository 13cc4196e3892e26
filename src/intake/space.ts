// Memory that is used again and again for the documents of a run: new memory costs more than reading into it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { OutboxError, wordsOf } from '../message/errors.ts';

export interface Space {
  /** So many bytes, valid until `clear`. */
  take(size: number): Buffer;
  /** Everything that was taken may be overwritten from now on. */
  clear(): void;
}

/** @param size bytes; what does not fit gets memory of its own, and so does everything when it is 0 */
export function createSpace(size: number): Space {
  let slab: Buffer | null = null;
  let used = 0;
  return {
    take(wanted) {
      if (used + wanted > size) return Buffer.allocUnsafe(wanted);
      slab ??= Buffer.allocUnsafeSlow(size);
      used += wanted;
      return slab.subarray(used - wanted, used);
    },
    clear() {
      used = 0;
    },
  };
}

/** The bytes of a file, in memory of the space; null when there are more than `most`. @throws OBX003 */
export type ReadInto = (space: Space, path: string, most: number) => Promise<Buffer | null> | Buffer | null;

const notRead = (file: string, error: unknown): OutboxError =>
  new OutboxError('OBX003', { file, detail: wordsOf(error) }, error);

async function fill(file: FileHandle, bytes: Buffer): Promise<Buffer> {
  let at = 0;
  for (let read = -1; at < bytes.length && read !== 0; at += read) {
    read = (await file.read(bytes, at, bytes.length - at, at)).bytesRead;
  }
  return bytes.subarray(0, at);
}

/** Lets others work while the disk, or a server far away, is slow. */
export const readInto: ReadInto = async (space, path, most) => {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      return size > most ? null : await fill(file, space.take(size));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw notRead(path, error);
  }
};

/** For a thread that has nothing else to do: a third of the work. */
export const readIntoAtOnce: ReadInto = (space, path, most) => {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      if (size > most) return null;
      const bytes = space.take(size);
      let at = 0;
      for (let read = -1; at < size && read !== 0; at += read) read = readSync(file, bytes, at, size - at, at);
      return bytes.subarray(0, at);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw notRead(path, error);
  }
};
