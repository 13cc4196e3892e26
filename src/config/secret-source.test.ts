// Promises of reading a secret, and of the environment.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { OutboxError } from '../message/errors.ts';
import { readEnvironment } from './environment.ts';
import { makeSecretKey } from './secret-key.ts';
import { isOpenToOthers, passwordName, readSecret } from './secret-source.ts';

const folder = await mkdtemp(join(tmpdir(), 'outbox-secret-'));
after(() => rm(folder, { recursive: true, force: true }));
const key = makeSecretKey(randomBytes(32));
const name = passwordName('office');

const variable = 'OUTBOX_TEST_PASSWORD';
function withVariable<T>(variableName: string, value: string | undefined, run: () => T): T {
  const before = process.env[variableName];
  const set = (to: string | undefined): void => {
    if (to === undefined) delete process.env[variableName];
    else process.env[variableName] = to;
  };
  set(value);
  try {
    return run();
  } finally {
    set(before);
  }
}

const unreadable = (error: unknown): boolean =>
  error instanceof OutboxError && error.code === 'OBX004' && error.message.includes('transports.office.password');

test('a secret comes from a variable', async () => {
  assert.equal(await withVariable(variable, 'hunter2', () => readSecret({ env: variable }, key, name)), 'hunter2');
});

test('a variable that is empty or not set is told by name', async () => {
  for (const value of ['', undefined]) {
    await assert.rejects(
      withVariable(variable, value, () => readSecret({ env: variable }, key, name)),
      unreadable,
    );
  }
});

test('the line end behind a secret in a file is no part of it, blanks are', async () => {
  for (const [text, secret] of [
    ['hunter2\n', 'hunter2'],
    ['hunter2\r\n', 'hunter2'],
    ['hunter2', 'hunter2'],
    [' hunter2 \n\n', ' hunter2 \n'],
  ] as const) {
    const file = join(folder, 'password');
    await writeFile(file, text);
    assert.equal(await readSecret({ file }, key, name), secret);
  }
});

test('a file that is missing, empty or a folder is told', async () => {
  await writeFile(join(folder, 'empty'), '\n');
  for (const file of [join(folder, 'none'), join(folder, 'empty'), folder]) {
    await assert.rejects(readSecret({ file }, key, name), unreadable);
  }
});

test('a sealed secret opens for its own transport only', async () => {
  const sealed = key.seal('hunter2', name);
  assert.equal(await readSecret({ sealed }, key, name), 'hunter2');
  await assert.rejects(readSecret({ sealed }, key, passwordName('other')), OutboxError);
});

test(
  'a file that others may read is noticed',
  { skip: process.platform === 'win32' && 'Windows has other rights' },
  async () => {
    const file = join(folder, 'rights');
    await writeFile(file, 'x');
    await chmod(file, 0o644);
    assert.equal(await isOpenToOthers(file), true);
    await chmod(file, 0o600);
    assert.equal(await isOpenToOthers(file), false);
  },
);

test('the data folder is ./outbox-data unless the environment says otherwise', () => {
  assert.equal(withVariable('OUTBOX_DATA', undefined, readEnvironment).data, './outbox-data');
  assert.equal(withVariable('OUTBOX_DATA', '', readEnvironment).data, './outbox-data');
  assert.equal(withVariable('OUTBOX_DATA', '/var/outbox', readEnvironment).data, '/var/outbox');
  assert.equal(withVariable('OUTBOX_DATABASE', '', readEnvironment).database, null);
  assert.equal(withVariable('OUTBOX_DATABASE', 'postgres://h/d', readEnvironment).database, 'postgres://h/d');
});
