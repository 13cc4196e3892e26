// Accounts of people. What each may do stands in the settings, section users, under the name of the account.
import type { UserRights } from '../message/settings.ts';
import { appendEvents } from './events.ts';
import { newId } from './id.ts';
import type { AccountTable, Connection, Database } from './schema.ts';
import { putSetting } from './settings.ts';

export interface Account extends AccountTable {
  /** Null: it is named in no settings, and may do nothing. */
  rights: UserRights | null;
}

/** Who did it, and when (epoch ms). */
export interface Deed {
  by: string;
  at: number;
}

export interface NewAccount {
  name: string;
  /** argon2id. */
  password: string;
  rights: UserRights;
}

/** With the rights of the settings. */
export const withRights = (db: Database) =>
  db
    .selectFrom('account')
    .leftJoin('setting', (join) => join.onRef('setting.name', '=', 'account.name').on('setting.section', '=', 'users'))
    .selectAll('account')
    .select('setting.value as rights');

export const accountOf = ({ rights, ...row }: AccountTable & { rights: string | null }): Account => ({
  ...row,
  rights: rights === null ? null : (JSON.parse(rights) as UserRights),
});

const note = (connection: Connection, name: string, what: string, { by, at }: Deed, text: string): Promise<void> =>
  appendEvents(connection, [{ subject: 'user', subjectId: name, at, what, by, text }]);

async function insert(connection: Connection, { name, password, rights }: NewAccount, deed: Deed): Promise<boolean> {
  const { at, by } = deed;
  const row = { id: newId(at), name, password, createdAt: at, createdBy: by, passwordAt: at, disabledAt: null };
  const result = await connection
    .insertInto('account')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst();
  if ((result.numInsertedOrUpdatedRows ?? 0n) === 0n) return false;
  await putSetting(connection, { section: 'users', name, value: rights }, deed);
  await note(connection, name, 'made', deed, `Role ${rights.role}.`);
  return true;
}

export const createAccounts = (db: Database) => ({
  async isAnyThere(): Promise<boolean> {
    return (await db.selectFrom('account').select('id').limit(1).executeTakeFirst()) !== undefined;
  },

  /** The first of all. @returns false when there is one: of two at the same time one wins */
  makeFirst: (account: NewAccount, deed: Deed): Promise<boolean> =>
    db.transaction().execute(async (connection) => {
      const gate = await connection
        .insertInto('installation')
        .values({ key: 'first-account', value: account.name })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .executeTakeFirst();
      return (gate.numInsertedOrUpdatedRows ?? 0n) > 0n && insert(connection, account, deed);
    }),

  /** @returns false when the name is taken */
  make: (account: NewAccount, deed: Deed): Promise<boolean> =>
    db.transaction().execute((connection) => insert(connection, account, deed)),

  async named(name: string): Promise<Account | null> {
    const row = await withRights(db).where('account.name', '=', name).executeTakeFirst();
    return row ? accountOf(row) : null;
  },

  all: async (): Promise<Account[]> => (await withRights(db).orderBy('account.name').execute()).map(accountOf),

  /** Ends all its sessions but one. @param kept hash of the session that stays, or null */
  setPassword: (
    { id, name }: Pick<Account, 'id' | 'name'>,
    password: string,
    kept: string | null,
    deed: Deed,
  ): Promise<void> =>
    db.transaction().execute(async (connection) => {
      await connection.updateTable('account').set({ password, passwordAt: deed.at }).where('id', '=', id).execute();
      await connection
        .deleteFrom('session')
        .where('accountId', '=', id)
        .where('hash', '!=', kept ?? '')
        .execute();
      await note(connection, name, 'changed', deed, 'New password.');
    }),

  setRights: ({ name }: Pick<Account, 'name'>, rights: UserRights, deed: Deed): Promise<void> =>
    db.transaction().execute(async (connection) => {
      await putSetting(connection, { section: 'users', name, value: rights }, deed);
      const any = rights.anyAddress ? ', may send to any address' : '';
      await note(connection, name, 'changed', deed, `Role ${rights.role}${any}.`);
    }),

  /** A disabled one can not sign in, and its sessions end. It is never removed: histories name it. */
  setDisabled: ({ id, name }: Pick<Account, 'id' | 'name'>, disabled: boolean, deed: Deed): Promise<void> =>
    db.transaction().execute(async (connection) => {
      const disabledAt = disabled ? deed.at : null;
      await connection.updateTable('account').set({ disabledAt }).where('id', '=', id).execute();
      if (disabled) await connection.deleteFrom('session').where('accountId', '=', id).execute();
      await note(connection, name, disabled ? 'disabled' : 'enabled', deed, '');
    }),
});
