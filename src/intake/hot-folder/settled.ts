// Whether a dropped file is whole: copied over a network it grows for a while, and half of it must never be read.
import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';

export interface Patience {
  /** Unchanged for so long. */
  quietMs: number;
  /** A file whose end is not what its kind ends with, or a manifest whose files are not there yet. */
  unfinishedMs: number;
}

export const patience: Patience = { quietMs: 2_000, unfinishedMs: 120_000 };

interface Seen {
  size: number;
  mtimeMs: number;
  since: number;
}

const tailBytes = 1024;

async function tailOf(path: string, size: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const length = Math.min(size, tailBytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('latin1');
  } finally {
    await file.close();
  }
}

const ends: Record<string, RegExp> = {
  '.pdf': /%%EOF\s*$/,
  '.csv': /[\r\n]\s*$/,
  '.json': /[\]}]\s*$/,
  '.xml': />\s*$/,
};

const looksWhole = async (path: string, size: number): Promise<boolean> => {
  const end = ends[extname(path).toLowerCase()];
  return end === undefined || end.test(await tailOf(path, size));
};

/** Remembers what it saw of each path; the caller asks again and again. */
export function createSettled(now: () => number, { quietMs, unfinishedMs }: Patience) {
  const seen = new Map<string, Seen>();
  return {
    /**
     * How long the file has not changed is measured by our own clock: the other machine's may be wrong.
     * @returns false also when it is not there
     */
    async isSettled(path: string): Promise<boolean> {
      const found = await stat(path).catch(() => null);
      if (!found?.isFile()) {
        seen.delete(path);
        return false;
      }
      const { size, mtimeMs } = found;
      const before = seen.get(path);
      if (before?.size !== size || before.mtimeMs !== mtimeMs) {
        seen.set(path, { size, mtimeMs, since: now() });
        return false;
      }
      const quiet = now() - before.since;
      if (quiet < quietMs) return false;
      return quiet >= unfinishedMs || looksWhole(path, size);
    },
    forget(path: string): void {
      seen.delete(path);
    },
  };
}
