// Group commit: small writes that come at the same time share one transaction, and so one fsync.
//
// What a write may rely on:
// - It may run more than once, on another connection each time; only its last run counts. It touches nothing but the database.
// - A refusal (its own error, or one that the database has for its statement) is rolled back; its neighbours are tried alone.
// - While the database is away, full or locked, and nothing is written, the group is tried again for `patienceMs`; then
//   every write of it is rejected with that trouble (OBX022, OBX024, OBX025). Nothing of it is written.
// - When COMMIT was sent and no answer came, the mark of the group is looked for on a new connection: found, the writes
//   resolve; not found, they run again. Only when that can not be found out, they are rejected with OutcomeUnknown.
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { CommitMarks } from './commit-mark.ts';
import { createPatience, type OnTrouble } from './patience.ts';
import type { Connection, Database } from './schema.ts';

/** So many writes share a transaction at most: more would make the first one wait too long. */
const most = 64;
/** Turns of the event loop that a group waits for company. */
const turns = 3;
/** A failover is over by then. */
const defaultPatienceMs = 120_000;

/** @param conflicts how often it has met with another already: what touches less gets through sooner */
type Write<T> = (connection: Connection, conflicts: number) => Promise<T>;

interface Waiting {
  write: Write<unknown>;
  conflicts: number;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The write may be durable, or not: OBX027, with the database's error as its cause. */
export class OutcomeUnknown extends OutboxError {
  constructor(cause: unknown) {
    super('OBX027', { detail: wordsOf(cause) }, cause);
  }
}

export interface GroupCommit {
  /** Runs `write` in a transaction shared with others; resolves when that transaction is durable. @throws see above */
  run<T>(write: Write<T>): Promise<T>;
  /** Waits until nothing is under way. */
  drain(): Promise<void>;
}

export interface GroupCommitOptions {
  /** How to find out about a lost answer; without them it stays unknown. */
  marks?: CommitMarks;
  onTrouble?: OnTrouble;
  patienceMs?: number;
}

type End =
  | { is: 'written'; values: unknown[] }
  | { is: 'refused'; error: unknown }
  /** Nothing is written, and the same may succeed a moment later. */
  | { is: 'not now'; error: unknown }
  | { is: 'unanswered'; error: unknown; values: unknown[]; mark: number | null };

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** What PostgreSQL asks to repeat, and at once: serialization_failure, deadlock_detected. */
const conflicts: ReadonlySet<unknown> = new Set(['40001', '40P01']);
/** Two that met step aside for so long at most, each for a time of its own. */
const stepAsideMs = 10;
/** Who meets others so often has met something else: then it waits as for any trouble. */
const mostConflicts = 500;

/** Full, locked, away, or met with another. */
const passing: ReadonlySet<unknown> = new Set(['OBX022', 'OBX024', 'OBX025', ...conflicts]);

/** At COMMIT: the line was lost, or the disk failed. Any other error is the database's word that it has rolled back. */
const silent: ReadonlySet<unknown> = new Set(['OBX023', 'OBX025']);

async function commit(db: Database, group: readonly Waiting[], marks: CommitMarks | undefined): Promise<End> {
  const values: unknown[] = [];
  let mark: number | null = null;
  let isAsked = false;
  try {
    await db.transaction().execute(async (connection) => {
      for (const { write, conflicts: met } of group) values.push(await write(connection, met));
      mark = (await marks?.leave(connection)) ?? null;
      isAsked = true;
    });
    return { is: 'written', values };
  } catch (error) {
    if (isAsked && silent.has(codeOf(error))) return { is: 'unanswered', error, values, mark };
    return { is: passing.has(codeOf(error)) ? 'not now' : 'refused', error };
  }
}

export function createGroupCommit(db: Database, options: GroupCommitOptions = {}): GroupCommit {
  const { marks, onTrouble, patienceMs = defaultPatienceMs } = options;
  const patience = createPatience(patienceMs, onTrouble);
  let waiting: Waiting[] = [];
  let working: Promise<void> | null = null;

  /** Looks for the mark until there is an answer. */
  const findOut = async (end: End & { is: 'unanswered' }): Promise<End> => {
    if (!marks) return end;
    // Nothing was written, so nothing can be lost.
    if (end.mark === null) return { is: 'written', values: end.values };
    while (await patience.wait(end.error)) {
      try {
        const isThere = await marks.isCommitted(end.mark);
        return isThere ? { is: 'written', values: end.values } : { is: 'not now', error: end.error };
      } catch (error) {
        if (!passing.has(codeOf(error))) return end;
      }
    }
    return end;
  };

  /** Until the group is written, refused, or it is no use to wait any longer. */
  const carryOut = async (group: readonly Waiting[]): Promise<void> => {
    const rejectAll = (error: unknown): void => group.forEach((one) => one.reject(error));
    for (;;) {
      let end = await commit(db, group, marks);
      if (end.is === 'unanswered') end = await findOut(end);
      if (end.is === 'unanswered') return rejectAll(new OutcomeUnknown(end.error));
      if (end.is === 'not now' && conflicts.has(codeOf(end.error))) {
        for (const one of group) one.conflicts++;
        // The more one transaction holds, the less likely it is to get through.
        if (group.length > 1) return alone(group);
        if (group[0]!.conflicts < mostConflicts) {
          await wait(Math.random() * stepAsideMs);
          continue;
        }
      }
      if (end.is === 'not now') {
        if (await patience.wait(end.error)) continue;
        return rejectAll(end.error);
      }
      patience.over();
      if (end.is === 'written') {
        const { values } = end;
        return group.forEach((one, at) => one.resolve(values[at]));
      }
      if (group.length === 1) return rejectAll(end.error);
      // One bad write must not take its neighbours down: each is tried alone.
      return alone(group);
    }
  };

  const alone = async (group: readonly Waiting[]): Promise<void> => {
    for (const one of group) await carryOut([one]);
  };

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Writes asked for in the same turns of the event loop belong together: what the lines have brought is read first.
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await carryOut(group);
    }
    working = null;
  };

  return {
    run: <T>(write: Write<T>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ write, conflicts: 0, resolve: resolve, reject });
        working ??= work();
      }),
    async drain() {
      while (working) await working;
    },
  };
}
