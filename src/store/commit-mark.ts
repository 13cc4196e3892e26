// Whether a COMMIT whose answer never came was written: a transaction leaves its number in a row of its program, to be read afterwards.
import { sql } from 'kysely';
import { newId } from './id.ts';
import type { Connection, Database } from './schema.ts';

export interface CommitMarks {
  /** The last statement of a transaction. @returns its mark; null when the transaction has written nothing */
  leave(connection: Connection): Promise<number | null>;
  /** Whether the transaction of the last mark that was left is committed; waits for one that is just ending. */
  isCommitted(mark: number): Promise<boolean>;
}

/** Rows of programs that ended long ago. */
const keptMs = 30 * 86_400_000;

/**
 * For PostgreSQL (13 or newer). The row goes with the data: after a failover to a server that has lost the last
 * transactions it says so, which the numbers of transactions (pg_xact_status) would not.
 */
export function createCommitMarks(db: Database): CommitMarks {
  const id = newId();
  let last = 0;
  return {
    async leave(connection) {
      const mark = ++last;
      const at = Date.now();
      // A claim that found nothing must not become a write.
      const left = await sql`
        insert into commit_mark (id, number, at)
        select ${id}, ${mark}::bigint, ${at}::bigint where pg_current_xact_id_if_assigned() is not null
        on conflict (id) do update set number = excluded.number, at = excluded.at`.execute(connection);
      if (left.numAffectedRows !== 1n) return null;
      if (mark === 1)
        await connection
          .deleteFrom('commitMark')
          .where('at', '<', at - keptMs)
          .execute();
      return mark;
    },
    async isCommitted(mark) {
      // Written rather than read: so it waits for the lock of a transaction that is still there, also of the very first.
      const row = await db
        .insertInto('commitMark')
        .values({ id, number: 0, at: Date.now() })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ at: Date.now() }))
        .returning('number')
        .executeTakeFirstOrThrow();
      return row.number === mark;
    },
  };
}
