// What we call ourselves in EHLO.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ehloNameOf } from './ehlo-name.ts';

for (const [set, machine, address, said] of [
  [null, 'mail.acme.example', '192.0.2.7', 'mail.acme.example'],
  [null, 'acme-pc', '192.0.2.7', '[192.0.2.7]'],
  [null, 'acme_pc.local', '192.0.2.7', '[192.0.2.7]'],
  [null, 'acme-pc', '::ffff:192.0.2.7', '[192.0.2.7]'],
  [null, 'acme-pc', '2001:db8::7', '[IPv6:2001:db8::7]'],
  [null, 'acme-pc', 'fe80::7%eth0', '[IPv6:fe80::7]'],
  ['acme', 'mail.acme.example', '192.0.2.7', 'acme'],
] as const) {
  test(`${set ?? machine} at ${address} says EHLO ${said}`, () =>
    assert.equal(ehloNameOf(set, machine, address), said));
}
