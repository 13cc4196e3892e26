// The queue: W2 claim, W3 commit, W4 settle, each durable before the next step, each conditional on the lease.
import { sql } from 'kysely';
import { type Claimed, claimedOf, type ClaimRequest, heldOf, hourOf, leaseClock } from './claim.ts';
import type { Engine } from './database.ts';
import { newId } from './id.ts';
import { portionsOf } from './rows.ts';
import type { Database } from './schema.ts';
import type { Settlement } from './settle.ts';
import type { Steps } from './steps.ts';

export const createQueue = (db: Database, engine: Engine, steps: Steps) => ({
  /** W2: takes what is due, with an attempt row each. */
  async claim(request: ClaimRequest): Promise<Claimed[]> {
    const leased = await steps.claim(request);
    return leased === null ? [] : claimedOf(leased);
  },

  /** W3. @throws OBX019 when the lease is gone; then the final dot must not be sent */
  commit: (claimed: Claimed): Promise<void> => steps.commit(heldOf(claimed)),

  /**
   * W4. False when the lease was gone and a person or another worker had decided before us; the attempt keeps what we saw.
   * @param committed whether W3 was written
   */
  settle: (claimed: Claimed, committed: boolean, end: Settlement): Promise<boolean> =>
    steps.settle(heldOf(claimed), committed, { ...end, eventId: newId(end.at) }),

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
