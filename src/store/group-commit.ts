// Group commit: small writes that come at the same time share one transaction, and so one fsync.
import { setImmediate } from 'node:timers/promises';
import type { Connection, Database } from './schema.ts';

/** So many writes share a transaction at most: more would make the first one wait too long. */
const most = 64;
/** Turns of the event loop that a group waits for company. */
const usualTurns = 3;

type Write<T> = (connection: Connection) => Promise<T>;

interface Waiting {
  write: Write<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface GroupCommit {
  /** Runs `write` in a transaction shared with others; resolves when that transaction is durable. */
  run<T>(write: Write<T>): Promise<T>;
  /** Waits until nothing is under way. */
  drain(): Promise<void>;
}

export function createGroupCommit(db: Database, { turns = usualTurns } = {}): GroupCommit {
  let waiting: Waiting[] = [];
  let working: Promise<void> | null = null;

  const commit = (group: readonly Waiting[]): Promise<unknown[]> =>
    db.transaction().execute(async (connection) => {
      const values: unknown[] = [];
      for (const { write } of group) values.push(await write(connection));
      return values;
    });

  /** One bad write must not take its neighbours down: each is tried alone. */
  const commitAlone = async (one: Waiting): Promise<void> => {
    try {
      one.resolve((await commit([one]))[0]);
    } catch (error) {
      one.reject(error);
    }
  };

  const commitGroup = async (group: readonly Waiting[]): Promise<void> => {
    let values: unknown[];
    try {
      values = await commit(group);
    } catch (error) {
      if (group.length === 1) return group[0]!.reject(error);
      for (const one of group) await commitAlone(one);
      return;
    }
    group.forEach((one, at) => one.resolve(values[at]));
  };

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Writes asked for in the same turns of the event loop belong together: what the lines have brought is read first.
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await commitGroup(group);
    }
    working = null;
  };

  return {
    run: <T>(write: Write<T>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ write, resolve: resolve, reject });
        working ??= work();
      }),
    async drain() {
      while (working) await working;
    },
  };
}
