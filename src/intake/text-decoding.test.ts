// Tests of finding out how a text file is encoded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeText } from './text-decoding.ts';

const marked = (mark: number[], body: Buffer): Buffer => Buffer.concat([Buffer.from(mark), body]);

test('UTF-8 is read with and without a byte order mark, and the mark is no part of the text', () => {
  const expected = { text: 'Müller', encoding: 'utf-8' };
  assert.deepEqual(decodeText(Buffer.from('Müller')), expected);
  assert.deepEqual(decodeText(marked([0xef, 0xbb, 0xbf], Buffer.from('Müller'))), expected);
});

test('UTF-16 is read by its byte order mark, in either order', () => {
  const little = Buffer.from('Müller', 'utf16le');
  const big = Buffer.from(little).swap16();
  assert.deepEqual(decodeText(marked([0xff, 0xfe], little)), { text: 'Müller', encoding: 'utf-16le' });
  assert.deepEqual(decodeText(marked([0xfe, 0xff], big)), { text: 'Müller', encoding: 'utf-16be' });
});

test('what is not UTF-8 is Windows-1252, with its euro sign and dashes', () => {
  const bytes = Uint8Array.from([0x4d, 0xfc, 0x6c, 0x20, 0x80, 0x20, 0x96]);
  assert.deepEqual(decodeText(bytes), { text: 'Mül € –', encoding: 'windows-1252' });
});

test('any text survives UTF-8, and any bytes give some text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.startsWith('\ufeff'));
      assert.equal(decodeText(Buffer.from(text)).text, text);
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.equal(typeof decodeText(bytes).text, 'string')));
});
