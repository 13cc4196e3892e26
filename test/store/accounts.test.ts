// Accounts, sessions, keys and tries to sign in, on both engines.
import assert from 'node:assert/strict';
import { newId } from '../../src/store/id.ts';
import { storesOn } from '../support/engines.ts';

const at = 1_790_000_000_000;
const deed = { by: 'anna', at };
const account = (name: string) => ({ name, password: 'hash', rights: { role: 'clerk' as const } });

storesOn((on) => {
  on('of many first accounts at once one is made', async ({ accounts }) => {
    const names = Array.from({ length: 8 }, (_, number) => `user${number}`);
    const made = await Promise.all(names.map((name) => accounts.makeFirst(account(name), deed)));
    assert.equal(made.filter(Boolean).length, 1);
    assert.equal((await accounts.all()).length, 1);
  });

  on('a name is given once, and its rights are those of the settings', async ({ accounts, settings }) => {
    assert.equal(await accounts.make(account('bert'), deed), true);
    assert.equal(await accounts.make(account('bert'), deed), false);
    assert.deepEqual((await accounts.named('bert'))!.rights, { role: 'clerk' });
    await settings.replace(
      [{ section: 'users', name: 'bert', value: { role: 'auditor' } }],
      at,
      'apply',
      (value) => value,
    );
    assert.deepEqual((await accounts.named('bert'))!.rights, { role: 'auditor' });
    await settings.replace([], at, 'apply', (value) => value);
    assert.equal((await accounts.named('bert'))!.rights, null);
  });

  on('a session is found until it is over, and takes the place of the one before', async ({ accounts, sessions }) => {
    await accounts.make(account('bert'), deed);
    const bert = (await accounts.named('bert'))!;
    const session = (hash: string) => ({
      hash,
      accountId: bert.id,
      address: '127.0.0.1',
      agent: '',
      begunAt: at,
      seenAt: at,
      expiresAt: at + 100,
    });
    await sessions.begin(session('one'), bert, null);
    assert.equal((await sessions.find('one', at))!.account.name, 'bert');
    assert.equal(await sessions.find('one', at + 100), null);
    await sessions.begin(session('two'), bert, 'one');
    assert.deepEqual([await sessions.find('one', at), (await sessions.find('two', at))?.account.name], [null, 'bert']);
    await accounts.setDisabled(bert, true, deed);
    assert.equal(await sessions.find('two', at), null);
  });

  on('a key is found until it is revoked', async ({ apiKeys }) => {
    const key = { name: 'ERP', hash: 'h', role: 'integrator', anyAddress: 0, createdAt: at, createdBy: 'anna' };
    await apiKeys.add({ ...key, id: newId(at), usedAt: null, revokedAt: null });
    const { id } = (await apiKeys.withHash('h'))!;
    assert.equal(await apiKeys.revoke(id, deed), true);
    assert.equal(await apiKeys.revoke(id, deed), false);
    assert.equal(await apiKeys.withHash('h'), null);
  });

  on('of many tries at once no more are counted than are free', async ({ loginTries }) => {
    const waitMs = ({ failures }: { failures: number }): number => (failures < 3 ? 0 : 1_000);
    const tries = await Promise.all(Array.from({ length: 10 }, () => loginTries.count('account bert', at, waitMs)));
    assert.equal(tries.filter((left) => left === 0).length, 3);
    assert.equal(await loginTries.count('account bert', at + 1_000, waitMs), 0);
    await loginTries.forget(['account bert']);
    assert.equal(await loginTries.count('account bert', at + 1_001, waitMs), 0);
  });

  on('what is open is counted by batch and transport', async ({ pulse }) => {
    assert.deepEqual(await pulse.open(), []);
    assert.equal(await pulse.oldestDue(at), null);
  });
});
