// Mail comes from strangers: whatever it holds, there is an answer, and it has its shape.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BounceAnswer } from '../../src/tracking/bounce/answer.ts';
import { meanings } from '../../src/tracking/bounce/meanings.ts';
import { limits } from '../../src/tracking/bounce/mime/limits.ts';
import { readBounce } from '../../src/tracking/bounce/read-bounce.ts';
import { endless, everyForm, placesFor, statusReport } from '../support/bounce-mails.ts';

const kinds = ['bounce', 'delayed', 'delivered', 'auto-reply', 'complaint', 'none'];
const runs = Number(process.env['OUTBOX_TEST_RUNS'] ?? 300);

function hasItsShape({ kind, recipients, originalMessageId, originalEnvelopeId }: BounceAnswer): void {
  assert.ok(kinds.includes(kind), kind);
  assert.equal(recipients.length === 0, kind === 'none');
  assert.ok(recipients.length <= limits.recipients);
  for (const { address, status, reason, hard, action } of recipients) {
    assert.ok(reason in meanings, reason);
    assert.ok(address === null || (address.length > 0 && !/[\r\n]/.test(address)), JSON.stringify(address));
    assert.ok(status === null || /^[245]\.\d{1,3}\.\d{1,3}$/.test(status), JSON.stringify(status));
    if (hard) assert.deepEqual([action, reason.endsWith('-unknown')], ['failed', true]);
  }
  for (const id of [originalMessageId, originalEnvelopeId])
    assert.ok(id === null || !/[\r\n]/.test(id), JSON.stringify(id));
}

const form = fc.constantFrom(...Object.values(everyForm));
const place = fc.double({ min: 0, max: 1, noNaN: true });
const change = fc.record({ at: place, drop: fc.nat(200), add: fc.uint8Array({ maxLength: 40 }) });

function mutate(mail: Buffer, changes: readonly { at: number; drop: number; add: Uint8Array }[]): Buffer {
  let bytes = mail;
  for (const { at, drop, add } of changes) {
    const from = Math.floor(at * bytes.length);
    bytes = Buffer.concat([bytes.subarray(0, from), add, bytes.subarray(from + drop)]);
  }
  return bytes;
}

test('a mail in which bytes are missing, added or changed gives an answer', () => {
  fc.assert(
    fc.property(form, fc.array(change, { minLength: 1, maxLength: 8 }), (mail, changes) =>
      hasItsShape(readBounce(mutate(Buffer.from(mail), changes))),
    ),
    { numRuns: runs },
  );
});

test('two mails grown together give an answer', () => {
  fc.assert(
    fc.property(form, form, place, place, (one, other, a, b) => {
      const mail = one.slice(0, Math.floor(a * one.length)) + other.slice(Math.floor(b * other.length));
      hasItsShape(readBounce(Buffer.from(mail)));
    }),
    { numRuns: runs },
  );
});

test('any bytes give an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => hasItsShape(readBounce(bytes))),
    { numRuns: runs },
  );
});

test('an empty mail is no report', () => {
  assert.deepEqual(readBounce(new Uint8Array()), {
    kind: 'none',
    recipients: [],
    originalMessageId: null,
    originalEnvelopeId: null,
  });
});

test('a report is read that returns thirty megabytes', () => {
  const mail = statusReport('Final-Recipient: rfc822; ap@customer.example\nAction: failed\nStatus: 5.1.1');
  const bytes = Buffer.concat([Buffer.from(mail), Buffer.alloc(30_000_000, 'JVBERi0xLjcK\n')]);
  assert.deepEqual(readBounce(bytes), readBounce(Buffer.from(mail)));
});

test('a report with a hundred thousand recipients names as many as are let in', () => {
  const fields = Array.from(
    { length: 100_000 },
    (_, at) => `Final-Recipient: rfc822; c${at}@customer.example\nAction: failed\nStatus: 5.1.1`,
  );
  hasItsShape(readBounce(Buffer.from(statusReport(fields.join('\n\n')))));
});

for (const piece of endless) {
  test(`a megabyte of ${JSON.stringify(piece)} gives an answer, in every place`, () => {
    const much = piece.repeat(Math.ceil(limits.bytes / piece.length));
    for (const mail of placesFor(much)) hasItsShape(readBounce(Buffer.from(mail)));
  });
}
