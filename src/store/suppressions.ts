// Addresses and numbers not to be used: why, since when, until when.
import type { Suppression } from '../message/message.ts';
import { askOften } from './ask-often.ts';
import { suppressionOf } from './rows.ts';
import type { Database } from './schema.ts';

export function createSuppressions(db: Database) {
  const askActive = askOften(db, (_, now: number) =>
    db
      .selectFrom('suppression')
      .selectAll()
      .where((where) => where.or([where('until', 'is', null), where('until', '>', now)])),
  );
  return {
    /** Those in force at `now`. */
    active: async (now: number): Promise<Suppression[]> => (await askActive([], now)).map(suppressionOf),

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
  };
}
