// Documents that several callers hand over at the same time share one write, and so one sync; each caller hears of its own.
import { setImmediate } from 'node:timers/promises';

/** Documents by their sha256. */
export type Wanted = ReadonlyMap<string, Uint8Array>;

interface Waiting {
  wanted: Wanted;
  resolve(): void;
  reject(error: unknown): void;
}

/** More would make the first one wait too long. */
const most = 64;

/**
 * What comes while a write is under way goes with the next one.
 * @param write makes all of it durable, or throws
 * @returns resolves when the caller's own documents are durable; where a shared write fails, each caller's is tried alone
 */
export function joinWrites(write: (wanted: Wanted) => Promise<void>): (wanted: Wanted) => Promise<void> {
  let waiting: Waiting[] = [];
  let isWorking = false;

  const carryOut = async (group: readonly Waiting[]): Promise<void> => {
    try {
      await write(new Map(group.flatMap(({ wanted }) => [...wanted])));
      for (const one of group) one.resolve();
    } catch (error) {
      if (group.length === 1) return group[0]!.reject(error);
      for (const one of group) await carryOut([one]);
    }
  };

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Who was answered by the last write comes again in this turn of the event loop.
      await setImmediate();
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await carryOut(group);
    }
    isWorking = false;
  };

  return (wanted) =>
    new Promise((resolve, reject) => {
      waiting.push({ wanted, resolve, reject });
      if (isWorking) return;
      isWorking = true;
      void work();
    });
}
