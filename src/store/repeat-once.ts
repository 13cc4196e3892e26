// The policy `once-more`: what may have gone is sent one more time, whatever made it uncertain, a broken line or a dead worker.
import { sql } from 'kysely';
import type { Database } from './schema.ts';
import { move } from './transition.ts';

const text = 'The policy of its document type sends it once more, unless evidence comes first.';

/** Uncertain for the first time: exactly one of its attempts ended so. */
const firstTimers = (db: Database, documentTypes: readonly string[]) =>
  db
    .selectFrom('message')
    .innerJoin('attempt', 'attempt.messageId', 'message.id')
    .select(['message.id', (select) => select.fn.max('attempt.endedAt').as('since')])
    .where('message.status', '=', sql.lit('uncertain'))
    .where('message.documentType', 'in', [...documentTypes])
    .where('attempt.result', '=', 'uncertain')
    .groupBy('message.id')
    .having((having) => having.fn.countAll<number | string>(), '=', 1)
    .execute();

/**
 * Queues them, to go when evidence has had its time.
 * @param waitMs from the moment a message became uncertain
 * @returns how many
 */
export const createRepeatOnce =
  (db: Database) =>
  async (documentTypes: readonly string[], at: number, waitMs: number): Promise<number> => {
    if (documentTypes.length === 0) return 0;
    const rows = await firstTimers(db, documentTypes);
    for (const { id, since } of rows) {
      const change = { dueAt: (since ?? at) + waitMs };
      const wanted = { id, trigger: 'release', at, by: 'policy', text, change } as const;
      await db.transaction().execute((connection) => move(connection, wanted));
    }
    return rows.length;
  };
