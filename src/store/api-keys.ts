// Keys of programs: kept as hashes, each with a role, until they are revoked.
import type { Deed } from './accounts.ts';
import { appendEvents } from './events.ts';
import type { ApiKeyTable, Database } from './schema.ts';

export const createApiKeys = (db: Database) => ({
  add: (key: ApiKeyTable): Promise<void> =>
    db.transaction().execute(async (connection) => {
      await connection.insertInto('apiKey').values(key).execute();
      const { id, name, role, createdAt: at, createdBy: by } = key;
      const text = `${name}, role ${role}.`;
      await appendEvents(connection, [{ subject: 'key', subjectId: id, at, what: 'made', by, text }]);
    }),

  /** Newest first, also the revoked ones. */
  all: (): Promise<ApiKeyTable[]> => db.selectFrom('apiKey').selectAll().orderBy('id', 'desc').execute(),

  /** Null when there is none, or it is revoked. */
  async withHash(hash: string): Promise<ApiKeyTable | null> {
    const found = db.selectFrom('apiKey').selectAll().where('hash', '=', hash).where('revokedAt', 'is', null);
    return (await found.executeTakeFirst()) ?? null;
  },

  async touch(id: string, usedAt: number): Promise<void> {
    await db.updateTable('apiKey').set({ usedAt }).where('id', '=', id).execute();
  },

  /** @returns false when there is no such key that is not revoked */
  revoke: (id: string, { by, at }: Deed): Promise<boolean> =>
    db.transaction().execute(async (connection) => {
      const result = await connection
        .updateTable('apiKey')
        .set({ revokedAt: at })
        .where('id', '=', id)
        .where('revokedAt', 'is', null)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) return false;
      await appendEvents(connection, [{ subject: 'key', subjectId: id, at, what: 'revoked', by, text: '' }]);
      return true;
    }),
});
