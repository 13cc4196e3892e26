// Who looks at the files of a run: threads where there is enough to do for them, else the thread that asks.
import type { FileStore } from '../store/files/file-store.ts';
import type { LookAtFiles } from './look-at-files.ts';
import { threadsFor } from './portion.ts';

export interface Lookers {
  looks: LookAtFiles[];
  /** Ends the threads. May be called again. */
  end(): void;
}

/** So few are read in our own thread: from the page cache that costs a few microseconds, by the thread pool ten times that. */
const fewFiles = 16;
/** Of a row of a manifest, generously: rather too few threads too early than too many. */
const octetsOfRow = 200;

async function startThreads(count: number, files: FileStore): Promise<Lookers | null> {
  const threads = files.inThread === null ? 0 : threadsFor(count);
  if (threads === 0) return null;
  const { startLookThread } = await import('./look-threads.ts');
  const { folder, tell } = files.inThread!;
  /** All of them see the same, and a person wants to hear it once. */
  const told = new Set<string>();
  const tellOnce = (text: string): void => {
    if (!told.has(text)) tell(text);
    told.add(text);
  };
  const started = Array.from({ length: threads }, () => startLookThread({ folder, tell: tellOnce }));
  return { looks: started.map(({ look }) => look), end: () => started.forEach((thread) => thread.end()) };
}

/** @param count of the files */
export async function openLookers(count: number, files: FileStore): Promise<Lookers> {
  const threads = await startThreads(count, files);
  if (threads) return threads;
  const { lookerAt } = await import('./look-at-files.ts');
  const { readInto, readIntoAtOnce } = await import('./space.ts');
  return { looks: [lookerAt(files, count <= fewFiles ? readIntoAtOnce : readInto)], end: () => {} };
}

/**
 * Threads for a large manifest, so that they start while it is read. Whoever has them ends them.
 * @param octets of the manifest
 * @returns null for a small one
 */
export const startLookersFor = (octets: number, files: FileStore): Promise<Lookers | null> =>
  startThreads(Math.floor(octets / octetsOfRow), files);
