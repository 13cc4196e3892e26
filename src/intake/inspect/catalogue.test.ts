// What copied pages of a PDF would lose.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compressedCataloguePdf,
  formPdf,
  layeredPdf,
  pdfOf,
  restrictedPdf,
} from '../../../test/support/pdf-samples.ts';
import { hasLayersOrForm } from './catalogue.ts';

test('layers and forms are seen', async () => {
  for (const bytes of [await layeredPdf(), await formPdf()]) assert.equal(await hasLayersOrForm(bytes), true);
});

for (const [entry, has] of [
  ['/OCProperties<</OCGs[]>>', true],
  ['/AcroForm<</Fields[]/XFA[]>>', true],
  ['/PageMode/UseNone', false],
] as const) {
  test(`${entry} is ${has ? 'seen' : 'no loss'} in a compressed catalogue`, async () => {
    const bytes = compressedCataloguePdf(entry);
    assert.equal(Buffer.from(bytes).includes(entry), false);
    assert.equal(await hasLayersOrForm(bytes), has);
  });
}

test('plain documents have neither, also when they may not be changed', async () => {
  for (const bytes of [await pdfOf(3), await restrictedPdf()]) assert.equal(await hasLayersOrForm(bytes), false);
});

test('of one whose catalogue can not be read the worst is believed', async () => {
  assert.equal(await hasLayersOrForm(Buffer.from('%PDF-1.7 /ObjStm rubbish')), true);
});
