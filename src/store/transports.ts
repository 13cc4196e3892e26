// What lasts of a transport besides its settings: the breaker and the limiter's clock.
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

  /** Writes the breaker, not the limiter's clock. */
  async setBreaker({ name, tat: _, ...breaker }: TransportState): Promise<void> {
    await db.updateTable('transport').set(breaker).where('name', '=', name).execute();
  },
});
