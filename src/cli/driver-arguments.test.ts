import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shieldDriverArguments } from './driver-arguments.ts';

const five = ['a@b.example', '/f', '/n', '-name', '--subject'];

test('what another program gives is never an option, and our options may stand before or behind it', () => {
  const shielded = ['driver', '--wait', '--', 'email', ...five];
  assert.deepEqual(shieldDriverArguments(['driver', 'email', ...five, '--wait']), shielded);
  assert.deepEqual(shieldDriverArguments(['driver', '--wait', 'email', ...five]), shielded);
});

test('global options stay where they are', () => {
  const given = ['--data', 'd', 'driver', 'fax', ...five];
  assert.deepEqual(shieldDriverArguments(given), ['--data', 'd', 'driver', '--', 'fax', ...five]);
});

test('other commands, and a call without a channel, are left alone', () => {
  for (const given of [['list', '--json'], ['driver', '--help'], ['driver', '--', 'email', ...five], []]) {
    assert.deepEqual(shieldDriverArguments(given), given);
  }
});
