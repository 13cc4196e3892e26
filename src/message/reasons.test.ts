import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextStep, reasons } from './reasons.ts';

test('every place for an id or a transport is filled in', () => {
  for (const reason of reasons) assert.doesNotMatch(nextStep(reason, '1f2e3d4c', 'office'), /\bID\b|\bTRANSPORT\b/);
  assert.equal(
    nextStep('blocked', '1f2e3d4c', null),
    'Read its words in outbox show 1f2e3d4c, mend the cause, then: outbox resend 1f2e3d4c',
  );
});

test('an address that came with the document is corrected where it came from, not in the directory', () => {
  for (const reason of ['bad-address', 'bad-number'] as const) {
    assert.match(nextStep(reason, '1f2e3d4c', null, 'row'), /Correct the manifest and import it again/);
    assert.match(nextStep(reason, '1f2e3d4c', null, 'command'), /outbox cancel 1f2e3d4c, and send it again/);
    assert.match(nextStep(reason, '1f2e3d4c', null, 'customer'), /Correct it in the directory/);
  }
});
