// The queue: W2 claim, W3 commit, W4 settle, each durable before the next step, each conditional on the lease.
import { sql } from 'kysely';
import { OutboxError } from '../message/errors.ts';
import { type Claimed, type ClaimRequest, claims, hourOf, leaseClock } from './claim.ts';
import type { Engine } from './database.ts';
import type { GroupCommit } from './group-commit.ts';
import { portionsOf } from './rows.ts';
import type { Connection, Database } from './schema.ts';
import { type Settlement, settles } from './settle.ts';
import type { Statements } from './statements.ts';
import { columnsAfter } from './transition.ts';

function commits(statements: Statements, engine: Engine): (connection: Connection, claimed: Claimed) => Promise<void> {
  const commit = statements.change((connection, { id, held }: { id: string; held: string }) =>
    connection
      .updateTable('message')
      .set(columnsAfter({ status: 'sending', phase: 'preparing' }, 'commit'))
      .where('id', '=', id)
      .where('lease', '=', held)
      .where('status', '=', sql.lit('sending'))
      .where('phase', '=', 'preparing')
      // On SQLite nobody else works: there a lease can not be lost by time, and a clock that jumps does no harm.
      .$if(engine === 'postgres', (query) => query.where('leaseUntil', '>', leaseClock(engine, 0))),
  );
  return async (connection, { message: { id }, lease }) => {
    if ((await commit(connection, { id, held: lease })) === 0) throw new OutboxError('OBX019', { id });
  };
}

/** What every message costs. */
const stepsOf = (statements: Statements, engine: Engine) => ({
  claim: claims(statements, engine),
  commit: commits(statements, engine),
  settle: settles(statements),
});

export interface QueueParts {
  db: Database;
  engine: Engine;
  group: GroupCommit;
  statements: Statements;
}

export const createQueue = (
  { db, engine, group, statements }: QueueParts,
  { claim, commit, settle } = stepsOf(statements, engine),
) => ({
  /** W2: takes what is due, with an attempt row each. */
  claim: (request: ClaimRequest): Promise<Claimed[]> =>
    group.run((connection, conflicts) =>
      claim(connection, { ...request, most: Math.max(1, Math.floor(request.most / 2 ** conflicts)) }),
    ),

  /** W3. @throws OBX019 when the lease is gone; then the final dot must not be sent */
  commit: (claimed: Claimed): Promise<void> => group.run((connection) => commit(connection, claimed)),

  /**
   * W4. False when the lease was gone and a person or another worker had decided before us; the attempt keeps what we saw.
   * @param committed whether W3 was written
   */
  settle: (claimed: Claimed, committed: boolean, end: Settlement): Promise<boolean> =>
    group.run((connection) => settle(connection, claimed, committed ? 'committing' : 'preparing', end)),

  /** Keeps the leases of messages that a worker has in hand. What it has dropped, for whatever fault of ours, runs out. */
  async renew(ids: readonly string[], worker: string, now: number, leaseMs: number): Promise<void> {
    for (const portion of portionsOf(ids.map((id) => ({ id })))) {
      await db
        .updateTable('message')
        .set({ leaseUntil: sql<number>`${leaseClock(engine, now)} + ${leaseMs}` })
        .where('status', '=', sql.lit('sending'))
        .where('lease', 'like', `${worker}/%`)
        .where(
          'id',
          'in',
          portion.map(({ id }) => id),
        )
        .execute();
    }
  },

  /** When the next queued message of these transports is due; null when none waits. */
  async nextDueAt(transports: readonly string[]): Promise<number | null> {
    if (transports.length === 0) return null;
    const found = await db
      .selectFrom('message')
      .select((select) => select.fn.min('dueAt').as('dueAt'))
      .where('status', '=', sql.lit('queued'))
      .where('transport', 'in', [...transports])
      .executeTakeFirst();
    return found?.dueAt ?? null;
  },

  /** Messages debited in the last 24 hours, and up to an hour more: never fewer than the other side counts. */
  async usedToday(transport: string, now: number): Promise<number> {
    const found = await db
      .selectFrom('rateBucket')
      .select((select) => select.fn.sum<number | string | null>('count').as('count'))
      .where('transport', '=', transport)
      .where('hour', '>=', hourOf(now) - 24)
      // A clock that ran ahead has left buckets of days to come.
      .where('hour', '<=', hourOf(now))
      .executeTakeFirst();
    return Number(found?.count ?? 0);
  },
});
