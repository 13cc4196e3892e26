// Tests of the look at the bytes of a document.
import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import {
  brokenPdf,
  encryptedPdf,
  facturXPdf,
  missingPagePdf,
  pdfOf,
  restrictedPdf,
  signedPdf,
} from '../../../test/support/pdf-samples.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { closeInspection, inspect, inspectFile } from './inspection.ts';

const bytesOf = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding);

after(closeInspection);

test('a sound PDF has its page count and no fault', async () => {
  const expected = { mediaType: 'application/pdf', pages: 3, fault: null, signed: false, facturX: false };
  assert.deepEqual(await inspect(await pdfOf(3)), expected);
});

test('a PDF is known by its content even when other bytes stand before its header', async () => {
  const behind = Buffer.concat([bytesOf('\u001b%-12345X@PJL ENTER LANGUAGE=PDF\r\n'), await pdfOf(2)]);
  const { mediaType, pages, fault } = await inspect(behind);
  assert.deepEqual({ mediaType, pages, fault }, { mediaType: 'application/pdf', pages: 2, fault: null });
});

test('a PDF that asks for a password is an encrypted file', async () => {
  const { pages, fault } = await inspect(await encryptedPdf());
  assert.deepEqual({ pages, fault }, { pages: null, fault: 'encrypted-file' });
});

test('a PDF that only forbids changes opens like any other', async () => {
  const { pages, fault } = await inspect(await restrictedPdf());
  assert.deepEqual({ pages, fault }, { pages: 2, fault: null });
});

test('a PDF broken off, or without any page, is a broken file', async () => {
  for (const bytes of [await brokenPdf(), await pdfOf(0), bytesOf('%PDF-1.7\n')]) {
    const { mediaType, pages, fault } = await inspect(bytes);
    assert.deepEqual({ mediaType, pages, fault }, { mediaType: 'application/pdf', pages: null, fault: 'broken-file' });
  }
});

test('a PDF of which only the end is missing is never taken for a whole one', async () => {
  const whole = await pdfOf(3, 'Invoice', 4000);
  for (const share of [0.3, 0.6, 0.9, 0.99]) {
    assert.equal((await inspect(whole.subarray(0, Math.floor(whole.length * share)))).fault, 'broken-file');
  }
});

test('a PDF whose page tree promises more pages than there are is a broken file', async () => {
  assert.equal((await inspect(await missingPagePdf())).fault, 'broken-file');
});

test('a PDF filled up with blanks behind its end is sound', async () => {
  assert.equal((await inspect(Buffer.concat([await pdfOf(1), Buffer.alloc(4096)]))).fault, null);
});

test('an empty file is said to be empty', async () => {
  assert.equal((await inspect(new Uint8Array())).fault, 'empty-file');
});

test('a signature made is found, an empty signature field is not taken for one', async () => {
  assert.equal((await inspect(await signedPdf())).signed, true);
  assert.equal((await inspect(await signedPdf(false))).signed, false);
});

test('an embedded electronic invoice is found by the name of its file', async () => {
  for (const name of ['factur-x.xml', 'ZUGFeRD-invoice.xml', 'xrechnung.xml']) {
    assert.equal((await inspect(await facturXPdf(name))).facturX, true, name);
  }
  assert.equal((await inspect(await facturXPdf('terms.xml'))).facturX, false);
});

test('plain text has a page for every form feed, but none behind the last', async () => {
  const pagesOf = async (text: string): Promise<number | null> => (await inspect(bytesOf(text))).pages;
  assert.equal(await pagesOf('INVOICE 1\r\nTotal 12.00\r\n'), 1);
  assert.equal(await pagesOf('one\ftwo\fthree'), 3);
  assert.equal(await pagesOf('one\ftwo\f\r\n'), 2);
});

test('text of an old printer, with overprint, escapes and umlauts in Windows-1252, is plain text', async () => {
  const spool = bytesOf('\u001b(s10H INVOICE\rINVOICE\r\nM\xfcller & S\xf6hne\x08\x08\f', 'latin1');
  const { mediaType, fault } = await inspect(spool);
  assert.deepEqual({ mediaType, fault }, { mediaType: 'text/plain; charset=windows-1252', fault: null });
});

test('what is neither PDF nor plain text is unsupported, print streams and mark-up among it', async () => {
  const others = {
    'application/octet-stream': bytesOf('PK\u0003\u0004\u0014\0\u0006\0'),
    'application/postscript': bytesOf('%!PS-Adobe-3.0\nshowpage\n'),
    'application/rtf': bytesOf('{\\rtf1\\ansi Invoice}'),
    'text/html': bytesOf('\n<!DOCTYPE html><p>Invoice'),
    'application/vnd.hp-pjl': bytesOf('\u001b%-12345X@PJL\r\n'),
  };
  for (const [mediaType, bytes] of Object.entries(others)) {
    const found = await inspect(bytes);
    assert.deepEqual(
      { ...found },
      { mediaType, pages: null, fault: 'unsupported-file', signed: false, facturX: false },
    );
  }
});

test('no bytes make it throw, and a good PDF is read after any of them', async () => {
  const good = await pdfOf(2);
  const damage = fc.tuple(fc.nat({ max: good.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(damage, async ([at, garbage]) => {
      const bad = good.slice();
      bad.set(garbage.subarray(0, bad.length - at), at);
      const found = await inspect(bad);
      assert.equal(found.pages === null, found.fault !== null);
      assert.equal((await inspect(good)).pages, 2);
    }),
    { numRuns: 200 },
  );
});

test('it works on after its memory was freed', async () => {
  closeInspection();
  assert.equal((await inspect(await pdfOf(1))).pages, 1);
});

test('of a file the same is found as of its bytes, though it is read in pieces', async (t) => {
  const whole = await pdfOf(40);
  const contents = [
    whole,
    whole.subarray(0, whole.length >> 1),
    await brokenPdf(),
    await encryptedPdf(),
    await signedPdf(),
    await facturXPdf('factur-x.xml'),
    await missingPagePdf(),
    Buffer.concat([whole, Buffer.alloc(4096)]),
    Buffer.alloc(3 * 1024 * 1024, 'One line of a long text.\n'),
    Buffer.alloc(3 * 1024 * 1024, 7),
    new Uint8Array(),
  ];
  const folder = await temporaryFolder(t);
  for (const [at, bytes] of contents.entries()) {
    await writeFile(join(folder, String(at)), bytes);
    const file = await open(join(folder, String(at)));
    assert.deepEqual(await inspectFile(file.fd, bytes.length), await inspect(bytes), `content ${at}`);
    await file.close();
  }
});
