// outbox users: a forgotten password locks nobody out, and the old one and its sessions are worth nothing any more.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { hashPassword, isPassword } from '../../src/desk/password.ts';
import { openStore } from '../../src/store/store.ts';
import { newOutbox } from '../support/outbox.ts';

test('a user gets a new password, shown once; the old one, the sessions and a lock end', async (t) => {
  const outbox = await newOutbox(t);
  assert.equal((await outbox.run('users')).code, 0);
  const store = await openStore(join(outbox.data, 'outbox.db'));
  t.after(() => store.close());
  const deed = { by: 'first link', at: Date.now() };
  const rights = { role: 'admin', anyAddress: true } as const;
  await store.accounts.makeFirst({ name: 'anna', password: await hashPassword('old and forgotten'), rights }, deed);
  await store.accounts.setDisabled((await store.accounts.named('anna'))!, true, deed);

  const { code, json } = await outbox.run('--json', 'users', 'password', 'anna');
  assert.equal(code, 0);
  const { password } = json() as { password: string };
  const account = (await store.accounts.named('anna'))!;
  assert.ok(await isPassword(password, account.password));
  assert.ok(!(await isPassword('old and forgotten', account.password)));
  assert.equal(account.disabledAt, null);
  const history = await store.events.of('user', 'anna');
  assert.ok(history.some(({ text, by }) => text === 'New password.' && by !== 'first link'));
  assert.ok(!JSON.stringify(history).includes(password));

  const listed = await outbox.run('--json', 'users');
  assert.deepEqual(listed.json(), [{ name: 'anna', role: 'admin', anyAddress: true, disabled: false }]);
  const unknown = await outbox.run('users', 'password', 'bert');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /no user bert/);
});
