// Promises of the key of the installation.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { OutboxError } from '../message/errors.ts';
import { makeSecretKey, openSecretKey } from './secret-key.ts';
import { Secret } from './secret.ts';

const folder = await mkdtemp(join(tmpdir(), 'outbox-key-'));
after(() => rm(folder, { recursive: true, force: true }));
const fresh = (): Promise<string> => mkdtemp(join(folder, 'data-'));

const isCode = (code: string) => (error: unknown) => error instanceof OutboxError && error.code === code;

test('what is sealed opens with the same key after a restart', async () => {
  const data = await fresh();
  const sealed = (await openSecretKey(data)).seal('hunter2', 'transports.a.password');
  assert.equal((await openSecretKey(data)).unseal(sealed, 'transports.a.password').reveal(), 'hunter2');
});

test(
  'the key file is for the owner only',
  { skip: process.platform === 'win32' && 'Windows has other rights' },
  async () => {
    const data = await fresh();
    await openSecretKey(data);
    assert.equal((await stat(join(data, 'secret.key'))).mode & 0o777, 0o600);
  },
);

test('many that open at once get the same key, and nothing is left beside it', async () => {
  const data = await fresh();
  const keys = await Promise.all(Array.from({ length: 12 }, () => openSecretKey(data)));
  const sealed = keys[0]?.seal('x', 'n') ?? '';
  for (const key of keys) assert.equal(key.unseal(sealed, 'n').reveal(), 'x');
  assert.deepEqual(await readdir(data), ['secret.key']);
});

test('a damaged key file is told and not overwritten', async () => {
  const data = await fresh();
  await writeFile(join(data, 'secret.key'), 'no key\n');
  await assert.rejects(openSecretKey(data), isCode('OBX161'));
  assert.equal(await readFile(join(data, 'secret.key'), 'utf8'), 'no key\n');
});

test('a key file that can not be read is told', async () => {
  const data = await fresh();
  await writeFile(join(data, 'file'), '');
  await chmod(join(data, 'file'), 0o600);
  await assert.rejects(openSecretKey(join(data, 'file')), isCode('OBX161'));
});

test('any text comes back as it was, and the sealed form does not hold it', () => {
  const key = makeSecretKey(randomBytes(32));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, name) => {
      assert.equal(key.unseal(key.seal(text, name), name).reveal(), text);
    }),
  );
  assert.ok(!key.seal('hunter2', 'n').includes(Buffer.from('hunter2').toString('base64').slice(0, 8)));
});

test('the same secret sealed twice looks different', () => {
  const key = makeSecretKey(randomBytes(32));
  assert.notEqual(key.seal('x', 'n'), key.seal('x', 'n'));
});

test('it does not open under another name, with another key, or changed', () => {
  const key = makeSecretKey(randomBytes(32));
  const sealed = key.seal('hunter2', 'a');
  const bytes = Buffer.from(sealed.slice(3), 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  const attempts = [
    () => key.unseal(sealed, 'b'),
    () => makeSecretKey(randomBytes(32)).unseal(sealed, 'a'),
    () => key.unseal(`v1:${bytes.toString('base64')}`, 'a'),
    () => key.unseal('v1:AAAA', 'a'),
    () => key.unseal(sealed.replace('v1', 'v2'), 'a'),
    () => key.unseal('', 'a'),
  ];
  for (const attempt of attempts) assert.throws(attempt, isCode('OBX004'));
});

test('a secret does not print itself', () => {
  const secret = new Secret('hunter2');
  for (const shown of [
    String(secret),
    'with '.concat(secret as unknown as string),
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret),
  ]) {
    assert.ok(!shown.includes('hunter2'));
    assert.ok(shown.includes('(secret)'));
  }
  assert.equal(secret.reveal(), 'hunter2');
});
