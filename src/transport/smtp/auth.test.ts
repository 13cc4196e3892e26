// Promises of the login: to which addresses something secret may go in clear.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback, isPrivateAddress } from './auth.ts';

test('this machine is loopback alone; a neighbour is not, and neither is a name that looks like it', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) assert.equal(isLoopback(address), true);
  for (const address of ['10.0.0.1', '192.168.1.1', '::ffff:10.0.0.1', 'fe80::1', '::12', '8.8.8.8', '']) {
    assert.equal(isLoopback(address), false, address);
  }
  assert.equal(isPrivateAddress('::ffff:10.0.0.1'), true);
  assert.equal(isPrivateAddress('8.8.8.8'), false);
});
