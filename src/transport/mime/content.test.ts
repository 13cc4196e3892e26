// Bodies: base64 in lines, with WebAssembly and without, at once and in pieces; quoted-printable, quick and octet by octet.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64Pieces, base64Size, quotedPrintable, writeBase64 } from './content.ts';
import { lineLength, linesAtOnce, plainBreaker, webAssemblyBreaker } from './line-breaker.ts';

const plainly = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\r\n');

/** What lies before and behind must stay. */
const margin = 5;
const framed = (size: number): Buffer => Buffer.alloc(margin + size + margin, '#');
const frame = (inner: string): string => `${'#'.repeat(margin)}${inner}${'#'.repeat(margin)}`;

const written = (bytes: Uint8Array): string => {
  const target = framed(base64Size(bytes.length));
  assert.equal(writeBase64(target, margin, bytes), margin + base64Size(bytes.length));
  return target.toString('latin1');
};

const octetsAtOnce = (linesAtOnce * lineLength * 3) / 4;
const lengths = [
  ...Array.from({ length: 600 }, (_, length) => length),
  ...[1, 2].flatMap((times) => Array.from({ length: 140 }, (_, at) => times * octetsAtOnce - 70 + at)),
];

test('base64 in lines is what a plain way gives, for every length up to ten lines and around every piece', () => {
  const bytes = randomBytes(2 * octetsAtOnce + 100);
  for (const length of lengths) {
    const some = bytes.subarray(0, length);
    assert.equal(written(some), frame(plainly(some)));
  }
});

test('with WebAssembly and without it lines are broken alike', () => {
  const quick = webAssemblyBreaker();
  assert.ok(quick);
  const base64 = randomBytes(octetsAtOnce).toString('base64');
  const some = Array.from({ length: 5 * lineLength }, (_, length) => length);
  for (const length of [...some, base64.length - 1, base64.length]) {
    const text = base64.slice(0, length);
    const wanted = text.replace(/.{1,76}/g, '$&\r\n');
    for (const breaker of [quick, plainBreaker]) {
      const target = framed(wanted.length);
      assert.equal(breaker(target, margin, text), margin + wanted.length);
      assert.equal(target.toString('latin1'), frame(wanted));
    }
  }
  assert.throws(() => quick(framed(0), 0, `${base64}AAAA`), RangeError);
});

test('pieces of any size give the same lines, also when who makes them uses their memory again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), async (pieces) => {
      const memory = Buffer.alloc(200);
      async function* reused(): AsyncGenerator<Uint8Array> {
        for (const piece of pieces) {
          memory.set(piece);
          yield memory.subarray(0, piece.length);
          memory.fill('?');
        }
      }
      let lines = '';
      for await (const piece of base64Pieces(reused())) lines += piece.toString('latin1');
      assert.equal(lines, plainly(Buffer.concat(pieces)));
    }),
  );
});

/** RFC 2045 6.7, read the other way. */
const decoded = (quoted: string): string =>
  Buffer.from(
    quoted
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

const anyLines = fc
  .array(fc.constantFrom('F', '.', 'From ', ' ', '\t', '=', 'ü', '\n', 'word', 'x'.repeat(37)), { maxLength: 60 })
  .map((words) => words.join(''));

test('text in quoted-printable comes back, in lines of at most 76 characters that no relay damages', () => {
  fc.assert(
    fc.property(fc.oneof(anyLines, fc.string({ unit: 'grapheme', maxLength: 300 })), (text) => {
      const quoted = quotedPrintable(text);
      const unix = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
      assert.equal(decoded(quoted), `${unix.replaceAll('\n', '\r\n')}\r\n`);
      for (const line of quoted.split('\r\n')) {
        assert.ok(line.length <= lineLength);
        assert.doesNotMatch(line, /^[.F]|[ \t]$|[^\t\x20-\x7e]/);
      }
    }),
    { numRuns: 500 },
  );
});

test('a long plain line is cut where one is cut that has something to encode', () => {
  const line = `F${'x'.repeat(71)} .${'y'.repeat(200)}`;
  const lines = quotedPrintable(line).split('\r\n');
  const others = quotedPrintable(`${line}ü`).split('\r\n');
  assert.deepEqual(lines.slice(0, 3), others.slice(0, 3));
  assert.deepEqual([lines[0]!.length, lines[1]!.slice(0, 3)], [76, '=2E']);
});
