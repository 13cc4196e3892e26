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
  rate: null,
  lines: null,
  slowedAt: null,
  slowedText: null,
  pausedAt: null,
  pausedBy: null,
  pausedReason: null,
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

  /** As `state`, and writes nothing; null when nothing was ever written. */
  async look(name: string): Promise<TransportState | null> {
    return (await db.selectFrom('transport').selectAll().where('name', '=', name).executeTakeFirst()) ?? null;
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

  /** Writes the breaker, and the settings under which it stands. */
  async setBreaker(state: TransportState): Promise<void> {
    const { name, breaker, reason, detail, failures, openedAt, retryAt, settings } = state;
    const columns = { breaker, reason, detail, failures, openedAt, retryAt, settings };
    await db.updateTable('transport').set(columns).where('name', '=', name).execute();
  },

  /** Writes how much slower than its settings it goes. */
  async setPace({ name, rate, lines, slowedAt, slowedText }: TransportState): Promise<void> {
    const columns = { rate, lines, slowedAt, slowedText };
    await db.updateTable('transport').set(columns).where('name', '=', name).execute();
  },

  /** A person pauses it, or with null lets it go on. */
  async setPause(name: string, pause: { at: number; by: string; reason: string | null } | null): Promise<void> {
    const columns = {
      pausedAt: pause?.at ?? null,
      pausedBy: pause?.by ?? null,
      pausedReason: pause?.reason ?? null,
    };
    await db.updateTable('transport').set(columns).where('name', '=', name).execute();
  },
});
