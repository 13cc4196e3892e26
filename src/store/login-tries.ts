// Tries to sign in, by account and by address: counted before the password is looked at, so that many at once gain nothing.
import type { Database } from './schema.ts';

export interface Tries {
  failures: number;
  /** Epoch ms. */
  lastAt: number;
}

export const createLoginTries = (db: Database) => ({
  /**
   * Counts a try, unless it comes too early.
   * @param waitMs how long one must wait after these tries
   * @returns for how long it must wait still; 0: it was counted, and may go on
   */
  count: (subject: string, now: number, waitMs: (tries: Tries) => number): Promise<number> =>
    db.transaction().execute(async (connection) => {
      // Makes the row, and keeps others from it until this is over.
      await connection
        .insertInto('loginTry')
        .values({ subject, failures: 0, lastAt: now })
        .onConflict((conflict) => conflict.column('subject').doUpdateSet({ subject }))
        .execute();
      const tries = await connection
        .selectFrom('loginTry')
        .selectAll()
        .where('subject', '=', subject)
        .executeTakeFirstOrThrow();
      const left = tries.lastAt + waitMs(tries) - now;
      if (tries.failures > 0 && left > 0) return left;
      const next = { failures: tries.failures + 1, lastAt: now };
      await connection.updateTable('loginTry').set(next).where('subject', '=', subject).execute();
      return 0;
    }),

  /** It was right. */
  async forget(subjects: readonly string[]): Promise<void> {
    await db
      .deleteFrom('loginTry')
      .where('subject', 'in', [...subjects, ''])
      .execute();
  },

  /** What is long past counts no more. */
  async sweep(before: number): Promise<void> {
    await db.deleteFrom('loginTry').where('lastAt', '<', before).execute();
  },
});
