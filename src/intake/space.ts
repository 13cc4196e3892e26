// Memory that is used again and again for the documents of a run: new memory costs more than reading into it.
import { constants, open } from 'node:fs/promises';
import { OutboxError, wordsOf } from '../message/errors.ts';

export interface Space {
  /** So many bytes, valid until `clear`. */
  take(size: number): Buffer;
  /** Everything that was taken may be overwritten from now on. */
  clear(): void;
}

/** @param size bytes; what does not fit gets memory of its own */
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

/**
 * The bytes of a file, in memory of the space.
 * @throws OBX003
 */
export async function readInto(space: Space, path: string): Promise<Buffer> {
  try {
    const file = await open(path, constants.O_RDONLY);
    try {
      const { size } = await file.stat();
      const bytes = space.take(size);
      let at = 0;
      for (let read = -1; at < size && read !== 0; at += read) {
        read = (await file.read(bytes, at, size - at, at)).bytesRead;
      }
      return bytes.subarray(0, at);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new OutboxError('OBX003', { file: path, detail: wordsOf(error) }, error);
  }
}
