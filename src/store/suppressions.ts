// Addresses and numbers not to be used: why, since when, until when.
import type { Suppression } from '../message/message.ts';
import { suppressionOf } from './rows.ts';
import type { Database } from './schema.ts';

export const createSuppressions = (db: Database) => ({
  /** Those in force at `now`. */
  async active(now: number): Promise<Suppression[]> {
    const rows = await db
      .selectFrom('suppression')
      .selectAll()
      .where((where) => where.or([where('until', 'is', null), where('until', '>', now)]))
      .execute();
    return rows.map(suppressionOf);
  },

  /** A second one for the same address takes the place of the first. */
  async add(suppression: Suppression): Promise<void> {
    const { reason, since, until, by } = suppression;
    await db
      .insertInto('suppression')
      .values(suppression)
      .onConflict((conflict) => conflict.columns(['channel', 'address']).doUpdateSet({ reason, since, until, by }))
      .execute();
  },

  async lift(channel: string, address: string): Promise<boolean> {
    const result = await db
      .deleteFrom('suppression')
      .where('channel', '=', channel)
      .where('address', '=', address)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  },
});
