// Promise of the history of settings: no secret stands in it, wherever it was written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concealSecrets } from './conceal.ts';

test('secrets of a transport are not kept in its history, references are', () => {
  const oauth = { kind: 'refresh', client: 'c', secret: 'hunter2', refreshToken: { sealed: 'v1:xx' } };
  assert.deepEqual(concealSecrets({ password: { env: 'X' }, oauth }), {
    password: { env: 'X' },
    oauth: { kind: 'refresh', client: 'c', secret: '(secret)', refreshToken: '(secret)' },
  });
});
