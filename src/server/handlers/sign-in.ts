// Signing in and out, the own password, and the first administrator.
import { OutboxError } from '../../message/errors.ts';
import type { Account } from '../../store/accounts.ts';
import { type Call, type Handlers, signedIn } from '../call.ts';
import { type Caller, giveCookie, sessionEnd, sessionIn, takeCookie } from '../caller.ts';
import { hashPassword, isPassword } from '../../desk/password.ts';
import { countTry, forgetTries } from '../throttle.ts';
import { hashToken, newToken } from '../token.ts';

const shown = ({ name, kind, role, anyAddress }: Omit<Caller, 'session'>) => ({ name, kind, role, anyAddress });

/** A new session under a new token, whatever the browser came with: nobody can have put that one there. */
async function begin({ parts, request, reply }: Call, account: Pick<Account, 'id' | 'name'>): Promise<void> {
  const token = newToken();
  const now = parts.now();
  const session = {
    hash: hashToken(token),
    accountId: account.id,
    address: request.ip,
    agent: (request.headers['user-agent'] ?? '').slice(0, 200),
    begunAt: now,
    seenAt: now,
    expiresAt: sessionEnd(now, now),
  };
  await parts.opened.store.sessions.begin(session, account, sessionIn(parts, request));
  giveCookie(parts, reply, token);
}

/** Also for a name that nobody has: it must not be told apart by the time it takes. Throttling bounds their number. */
const noteRefusal = ({ parts, request }: Call, name: string): Promise<void> =>
  parts.opened.store.events.append({
    subject: 'user',
    subjectId: name,
    at: parts.now(),
    what: 'sign-in refused',
    by: request.ip,
    text: 'Wrong name or password, or disabled.',
  });

/** What a program can not do with its key. */
async function demandAccount(call: Call): Promise<Account> {
  const caller = signedIn(call);
  const account = caller.kind === 'user' ? await call.parts.opened.store.accounts.named(caller.name) : null;
  if (account === null) throw new OutboxError('OBX233', { who: caller.name, role: caller.role, may: 'people' });
  return account;
}

export const signInHandlers: Handlers<'setUp' | 'signIn' | 'whoAmI' | 'signOut' | 'changePassword'> = {
  async setUp({ body }, call) {
    const { setup, opened, now } = call.parts;
    const { accounts } = opened.store;
    if (setup.hash === null || hashToken(body.token) !== setup.hash) throw new OutboxError('OBX239');
    const { name } = body;
    const rights = { role: 'admin', anyAddress: true } as const;
    const made = await accounts.makeFirst(
      { name, password: await hashPassword(body.password), rights },
      { by: 'first link', at: now() },
    );
    setup.hash = null;
    if (!made) throw new OutboxError('OBX239');
    await begin(call, (await accounts.named(name))!);
    return shown({ name, kind: 'user', ...rights });
  },

  async signIn({ body }, call) {
    const { opened, now } = call.parts;
    const { store } = opened;
    const name = body.name.toLowerCase();
    await countTry(store, name, call.request.ip, now());
    const account = await store.accounts.named(name);
    const isRight = await isPassword(body.password, account?.password ?? null);
    if (!isRight || !account?.rights || account.disabledAt !== null) {
      await noteRefusal(call, account?.name ?? 'unknown');
      throw new OutboxError('OBX235');
    }
    await forgetTries(store, name);
    await begin(call, account);
    const { role, anyAddress = false } = account.rights;
    return shown({ name, kind: 'user', role, anyAddress });
  },

  whoAmI: (_, call) => Promise.resolve(shown(signedIn(call))),

  async signOut(_, call) {
    const { session } = signedIn(call);
    if (session !== null) await call.parts.opened.store.sessions.end(session);
    takeCookie(call.parts, call.reply);
    return undefined;
  },

  async changePassword({ body }, call) {
    const { opened, now } = call.parts;
    const account = await demandAccount(call);
    await countTry(opened.store, account.name, call.request.ip, now());
    if (!(await isPassword(body.old, account.password))) throw new OutboxError('OBX235');
    await forgetTries(opened.store, account.name);
    const deed = { by: account.name, at: now() };
    await opened.store.accounts.setPassword(account, await hashPassword(body.new), signedIn(call).session, deed);
    return undefined;
  },
};
