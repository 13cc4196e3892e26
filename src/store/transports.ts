// What lasts of a transport besides its settings: the breaker and the limiter's clock.
import { sql } from 'kysely';
import type { Database, TransportTable } from './schema.ts';

export type TransportState = TransportTable;

export const closedBreaker = (name: string): TransportState => ({
  name,
  breaker: 'closed',
  reason: null,
  detail: null,
  failures: 0,
  openedAt: null,
  retryAt: null,
  tat: 0,
  settings: null,
  owner: null,
  ownerUntil: null,
});

export const createTransports = (db: Database) => ({
  /** The state of one; closed when nothing was ever written. The row is made, so that the limiter can write to it. */
  async state(name: string): Promise<TransportState> {
    await db
      .insertInto('transport')
      .values(closedBreaker(name))
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    return db.selectFrom('transport').selectAll().where('name', '=', name).executeTakeFirstOrThrow();
  },

  all: (): Promise<TransportState[]> => db.selectFrom('transport').selectAll().orderBy('name').execute(),

  /**
   * Takes a transport, or keeps it, for so long: while one worker has it nobody else may claim for it.
   * @returns false when another worker has it
   */
  async own(name: string, worker: string, ms: number): Promise<boolean> {
    const now = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
    const result = await db
      .updateTable('transport')
      .set({ owner: worker, ownerUntil: sql<number>`${now} + ${ms}` })
      .where('name', '=', name)
      .where((where) =>
        where.or([where('owner', 'is', null), where('owner', '=', worker), where('ownerUntil', '<', now)]),
      )
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  },

  async disown(name: string, worker: string): Promise<void> {
    const nobody = { owner: null, ownerUntil: null };
    await db.updateTable('transport').set(nobody).where('name', '=', name).where('owner', '=', worker).execute();
  },

  /** Writes the breaker: neither the limiter's clock nor the owner. */
  async setBreaker({ name, tat: _t, owner: _o, ownerUntil: _u, ...breaker }: TransportState): Promise<void> {
    await db.updateTable('transport').set(breaker).where('name', '=', name).execute();
  },
});
