// How a writer waits for a database that is away, full or locked: longer and longer between tries, up to an end.
import { setTimeout as wait } from 'node:timers/promises';

/** Told once when trouble begins, and with null when it is over. */
export type OnTrouble = (trouble: unknown) => void;

export interface Patience {
  /** After a failed try. @returns false when it is no use to wait any longer */
  wait(error: unknown): Promise<boolean>;
  /** After a try that was answered. */
  over(): void;
}

const firstMs = 50;
const longestMs = 5_000;

/** @param mostMs counted from the first failed try until one is answered, however many wait */
export function createPatience(mostMs: number, onTrouble: OnTrouble = () => {}): Patience {
  let since: number | null = null;
  let pauseMs = firstMs;
  return {
    async wait(error) {
      if (since === null) {
        since = performance.now();
        onTrouble(error);
      }
      const leftMs = since + mostMs - performance.now();
      if (leftMs <= 0) return false;
      await wait(Math.min(pauseMs, leftMs));
      pauseMs = Math.min(2 * pauseMs, longestMs);
      return true;
    },
    over() {
      if (since === null) return;
      since = null;
      pauseMs = firstMs;
      onTrouble(null);
    },
  };
}
