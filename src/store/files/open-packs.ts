// Packs that were read a moment ago stay open: the next document of a batch lies in the same file.
import { closeSync, openSync, readSync } from 'node:fs';

/** Larger ones are read by the thread pool: they would stop everything else for too long. Octets. */
export const largestReadAtOnce = 256 * 1024;

const mostOpen = 32;
const idleMs = 30_000;

interface OpenPack {
  file: number;
  usedAt: number;
}

export interface OpenPacks {
  /**
   * Fills the memory in our own thread: 60 KB in the page cache cost a few microseconds, the thread pool ten times that.
   * @throws what the file system says, or when the pack is shorter
   */
  fill(memory: Uint8Array, path: string, offset: number): void;
  /** It is not what it was: the next read opens it anew. */
  forget(path: string): void;
  /** How many are open. */
  count(): number;
}

export function createOpenPacks(): OpenPacks {
  /** In the order of their last use. */
  const packs = new Map<string, OpenPack>();
  let timer: NodeJS.Timeout | null = null;

  const forget = (path: string): void => {
    const pack = packs.get(path);
    packs.delete(path);
    if (pack) closeSync(pack.file);
  };

  const closeIdle = (): void => {
    const before = performance.now() - idleMs;
    for (const [path, { usedAt }] of packs) if (usedAt < before) forget(path);
    if (packs.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };

  const openPack = (path: string): OpenPack => {
    const known = packs.get(path) ?? { file: openSync(path, 'r'), usedAt: 0 };
    known.usedAt = performance.now();
    packs.delete(path);
    packs.set(path, known);
    if (packs.size > mostOpen) forget(packs.keys().next().value!);
    timer ??= setInterval(closeIdle, idleMs).unref();
    return known;
  };

  return {
    fill(memory, path, offset) {
      const { length } = memory;
      if (readSync(openPack(path).file, memory, 0, length, offset) !== length) throw new Error('the pack is too short');
    },
    forget,
    count: () => packs.size,
  };
}
