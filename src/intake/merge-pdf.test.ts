// Tests of joining PDFs.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import {
  encryptedPdf,
  facturXPdf,
  formPdf,
  layeredPdf,
  pdfOf,
  restrictedPdf,
  signedPdf,
} from '../../test/support/pdf-samples.ts';
import { closeInspection, inspect } from './inspect/inspection.ts';
import { withPdf, withPdfium } from './inspect/pdfium.ts';
import { mayMerge, mergePdfs } from './merge-pdf.ts';

after(closeInspection);

/** The text of every page, read by PDFium. */
async function textOf(bytes: Uint8Array): Promise<string[]> {
  const opened = await withPdfium((engine) =>
    withPdf(engine, bytes, (pdf) =>
      Array.from({ length: engine.FPDF_GetPageCount(pdf) }, (_, at) => {
        const page = engine.FPDF_LoadPage(pdf, at);
        const text = engine.FPDFText_LoadPage(page);
        const room = engine.pdfium.wasmExports.malloc(400);
        engine.FPDFText_GetText(text, 0, 199, room);
        const words = engine.pdfium.UTF16ToString(room);
        engine.pdfium.wasmExports.free(room);
        engine.FPDFText_ClosePage(text);
        engine.FPDF_ClosePage(page);
        return words;
      }),
    ),
  );
  assert.ok(opened?.ok);
  return opened.value;
}

test('the pages of all parts stand in the order of the parts', async () => {
  const merged = await mergePdfs([await pdfOf(2, 'INV-1'), await pdfOf(1, 'INV-2'), await restrictedPdf()]);
  const expected = ['INV-1 page 1', 'INV-1 page 2', 'INV-2 page 1', 'Restricted page 1', 'Restricted page 2'];
  assert.deepEqual(await textOf(merged), expected);
});

test('the same parts give the same bytes, whatever was read before and in a fresh reader', async () => {
  const parts = [await pdfOf(2, 'INV-1'), await pdfOf(1, 'INV-2')];
  const first = await mergePdfs(parts);
  await inspect(await pdfOf(5));
  await mergePdfs([await pdfOf(3, 'other')]);
  assert.deepEqual(await mergePdfs(parts), first);
  closeInspection();
  assert.deepEqual(await mergePdfs(parts), first);
});

test('other parts give another file identifier, and no time of making is in the file', async () => {
  const idOf = (pdf: Uint8Array): string | undefined => /\/ID\[<(\w+)>/.exec(Buffer.from(pdf).toString('latin1'))?.[1];
  const one = await mergePdfs([await pdfOf(1, 'INV-1')]);
  const other = await mergePdfs([await pdfOf(1, 'INV-2')]);
  assert.match(idOf(one) ?? '', /^[0-9A-F]{32}$/);
  assert.notEqual(idOf(one), idOf(other));
  assert.doesNotMatch(Buffer.from(one).toString('latin1'), /CreationDate/);
});

test('another reader opens the joined file too', async () => {
  const merged = await mergePdfs(await Promise.all([1, 2, 3].map((pages) => pdfOf(pages))));
  assert.equal((await PDFDocument.load(merged)).getPageCount(), 6);
});

test('a part that can not be opened is named', async () => {
  const good = await pdfOf(1);
  const refused = { code: 'OBX141', message: /^Document 2 of 2 .* it asks for a password$/ };
  await assert.rejects(mergePdfs([good, await encryptedPdf()]), refused);
  await assert.rejects(mergePdfs([Buffer.from('%PDF-1.4 rubbish'), good]), { message: /^Document 1 of 2 .* damaged$/ });
});

test('only sound PDFs without signature, embedded invoice, layers and form may be joined', async () => {
  const plain = await pdfOf(1);
  assert.equal(await mayMerge([plain, plain]), true);
  for (const bytes of [
    await signedPdf(),
    await facturXPdf(),
    await encryptedPdf(),
    await layeredPdf(),
    await formPdf(),
    Buffer.from('plain text'),
  ]) {
    assert.equal(await mayMerge([plain, bytes]), false);
  }
  assert.equal(await mayMerge([]), false);
});
