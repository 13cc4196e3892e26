// Settings, users, keys and the audit log.
import { applySettingsText } from '../../desk/apply-settings.ts';
import { rawOf } from '../../desk/raw-settings.ts';
import { exportSettings } from '../../config/export-settings.ts';
import { OutboxError } from '../../message/errors.ts';
import type { Settings, UserRole } from '../../message/settings.ts';
import type { Account } from '../../store/accounts.ts';
import { newId } from '../../store/id.ts';
import type { ApiKeyTable } from '../../store/schema.ts';
import { by, type Call, type Handlers, isoOf, pageOf } from '../call.ts';
import { hashPassword } from '../../desk/password.ts';
import { hashToken, newToken } from '../token.ts';
import { eventAsJson } from './messages.ts';

const userAsJson = ({ name, rights, createdAt, createdBy, disabledAt }: Account) => ({
  name,
  role: rights?.role ?? null,
  anyAddress: rights?.anyAddress ?? false,
  createdAt: isoOf(createdAt)!,
  createdBy,
  disabledAt: isoOf(disabledAt),
});

const keyAsJson = ({ id, name, role, anyAddress, createdAt, createdBy, usedAt, revokedAt }: ApiKeyTable) => ({
  id,
  name,
  role: role as UserRole,
  anyAddress: anyAddress === 1,
  createdAt: isoOf(createdAt)!,
  createdBy,
  usedAt: isoOf(usedAt),
  revokedAt: isoOf(revokedAt),
});

const deedOf = (call: Call) => ({ by: by(call), at: call.parts.now() });

/** @throws OBX009 */
async function demandUser({ parts }: Call, name: string): Promise<Account> {
  const account = await parts.opened.store.accounts.named(name);
  if (account) return account;
  throw new OutboxError('OBX009', { what: 'user', id: name, hint: 'Ask for the list of users.' });
}

const isAdmin = ({ rights, disabledAt }: Account): boolean => rights?.role === 'admin' && disabledAt === null;

/** Somebody must be left who can let others in. @throws OBX244 */
async function demandAnotherAdmin({ parts }: Call, { name }: Account): Promise<void> {
  const others = (await parts.opened.store.accounts.all()).filter((one) => one.name !== name && isAdmin(one));
  if (others.length === 0) throw new OutboxError('OBX244', { name });
}

/** The same of settings that come as text. @throws OBX244 */
async function demandAnAdmin({ parts }: Call, users: Settings['users']): Promise<void> {
  const before = (await parts.opened.store.accounts.all()).filter(isAdmin);
  if (before.length === 0 || before.some(({ name }) => users[name]?.role === 'admin')) return;
  throw new OutboxError('OBX244', { name: before.map(({ name }) => name).join(', ') });
}

type Administration =
  | 'exportSettings'
  | 'applySettings'
  | 'listUsers'
  | 'makeUser'
  | 'changeUser'
  | 'listKeys'
  | 'makeKey'
  | 'revokeKey'
  | 'audit';

export const administrationHandlers: Handlers<Administration> = {
  async exportSettings(_, { parts }) {
    return { text: exportSettings(await rawOf(parts.opened.store)) };
  },

  async applySettings({ body }, call) {
    const { text, dryRun } = body;
    const check = ({ users }: Settings): Promise<void> => demandAnAdmin(call, users);
    const given = { text, file: 'the settings', by: by(call), check };
    const applied = await applySettingsText(given, call.parts.opened, dryRun);
    return { dryRun, ...applied };
  },

  async listUsers(_, { parts }) {
    return { items: (await parts.opened.store.accounts.all()).map(userAsJson) };
  },

  async makeUser({ body }, call) {
    const { name, password, role, anyAddress } = body;
    const account = { name, password: await hashPassword(password), rights: { role, anyAddress } };
    const isMade = await call.parts.opened.store.accounts.make(account, deedOf(call));
    if (!isMade) throw new OutboxError('OBX245', { name });
    return userAsJson(await demandUser(call, name));
  },

  async changeUser({ params, body }, call) {
    const { accounts } = call.parts.opened.store;
    const account = await demandUser(call, params.name);
    const { role, anyAddress, password, disabled } = body;
    const isLess = disabled === true || (role !== undefined && role !== 'admin');
    if (isLess && isAdmin(account)) await demandAnotherAdmin(call, account);
    const before = account.rights;
    if (role !== undefined || anyAddress !== undefined) {
      const rights = {
        role: role ?? before?.role ?? 'auditor',
        anyAddress: anyAddress ?? before?.anyAddress ?? false,
      };
      await accounts.setRights(account, rights, deedOf(call));
    }
    if (password !== undefined) await accounts.setPassword(account, await hashPassword(password), null, deedOf(call));
    if (disabled !== undefined) await accounts.setDisabled(account, disabled, deedOf(call));
    return userAsJson(await demandUser(call, params.name));
  },

  async listKeys(_, { parts }) {
    return { items: (await parts.opened.store.apiKeys.all()).map(keyAsJson) };
  },

  async makeKey({ body }, call) {
    const key = `obx_${newToken()}`;
    const { at, by: createdBy } = deedOf(call);
    const row = {
      id: newId(at),
      name: body.name,
      hash: hashToken(key),
      role: body.role,
      anyAddress: body.anyAddress ? 1 : 0,
      createdAt: at,
      createdBy,
      usedAt: null,
      revokedAt: null,
    };
    await call.parts.opened.store.apiKeys.add(row);
    return { ...keyAsJson(row), key };
  },

  async revokeKey({ params }, call) {
    if (await call.parts.opened.store.apiKeys.revoke(params.id, deedOf(call))) return undefined;
    throw new OutboxError('OBX009', { what: 'key', id: params.id, hint: 'Ask for the list of keys.' });
  },

  async audit({ query }, { parts }) {
    const { subject, cursor = null, limit } = query;
    const found = await parts.opened.store.events.latest(subject, limit + 1, cursor);
    return pageOf(found, limit, ({ id }) => id, eventAsJson);
  },
};
