// Sessions of signed-in people: by the hash of their token, with an end.
import { type Account, accountOf, withRights } from './accounts.ts';
import { appendEvents } from './events.ts';
import type { Database, SessionTable } from './schema.ts';

export const createSessions = (db: Database) => ({
  /** @param before hash of the session that the browser came with, which ends */
  begin: (session: SessionTable, { name }: Pick<Account, 'name'>, before: string | null): Promise<void> =>
    db.transaction().execute(async (connection) => {
      const { begunAt: at, address } = session;
      await connection.deleteFrom('session').where('expiresAt', '<', at).execute();
      if (before !== null) await connection.deleteFrom('session').where('hash', '=', before).execute();
      await connection.insertInto('session').values(session).execute();
      const text = `From ${address}.`;
      await appendEvents(connection, [{ subject: 'user', subjectId: name, at, what: 'signed in', by: name, text }]);
    }),

  /** With its account as it stands now; null when it is over, or its account is disabled. */
  async find(hash: string, now: number): Promise<{ account: Account; seenAt: number; begunAt: number } | null> {
    const row = await withRights(db)
      .innerJoin('session', 'session.accountId', 'account.id')
      .select(['session.seenAt', 'session.begunAt'])
      .where('session.hash', '=', hash)
      .where('session.expiresAt', '>', now)
      .where('account.disabledAt', 'is', null)
      .executeTakeFirst();
    if (!row) return null;
    const { seenAt, begunAt, ...account } = row;
    return { account: accountOf(account), seenAt, begunAt };
  },

  async touch(hash: string, seenAt: number, expiresAt: number): Promise<void> {
    await db.updateTable('session').set({ seenAt, expiresAt }).where('hash', '=', hash).execute();
  },

  async end(hash: string): Promise<void> {
    await db.deleteFrom('session').where('hash', '=', hash).execute();
  },
});
