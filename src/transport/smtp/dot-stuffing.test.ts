import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stuffDots } from './dot-stuffing.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('a dot at the beginning of a line is doubled, others stay', () => {
  assert.equal(text(stuffDots(Buffer.from('.a\r\nb.c\r\n..\r\n'))), '..a\r\nb.c\r\n...\r\n');
});

test('whatever the lines hold, the other side gets them back and never sees an early end', () => {
  const line = fc.string({ unit: fc.constantFrom('.', 'a', ' ', '\r\n') });
  fc.assert(
    fc.property(line, (content) => {
      const whole = `${content}\r\n`;
      const sent = text(stuffDots(Buffer.from(whole)));
      assert.equal(/(^|\r\n)\.\r\n/.test(sent), false);
      assert.equal(sent.replaceAll(/(^|\r\n)\./g, '$1'), whole);
    }),
  );
});
