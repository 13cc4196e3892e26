// Small real PDFs for tests: sound, encrypted, broken off, with a signature, with an embedded electronic invoice.
import { deflateSync } from 'node:zlib';
import { PDFDocument, PDFHexString, PDFName, StandardFonts } from '@cantoo/pdf-lib';
import type { PDFContext, PDFDict } from '@cantoo/pdf-lib';

/** Fixed, so that the same call always gives the same bytes. */
const madeAt = new Date(Date.UTC(2026, 10, 24));

async function draft(pages: number, text: string): Promise<PDFDocument> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (let number = 1; number <= pages; number += 1) {
    pdf.addPage([595, 842]).drawText(`${text} page ${number}`, { x: 50, y: 780, font });
  }
  pdf.setCreationDate(madeAt);
  pdf.setModificationDate(madeAt);
  return pdf;
}

/** A PDF of `pages` pages; each bears `text` and its number. Filled up to about `size` bytes when given. */
export async function pdfOf(pages: number, text = 'Invoice', size = 0): Promise<Uint8Array> {
  const pdf = await draft(pages, text);
  if (size > 0) pdf.context.register(pdf.context.stream(noise(size)));
  return pdf.save({ addDefaultPage: false });
}

/** Bytes that do not compress, the same every time. */
function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (state * 48271) % 0x7fffffff;
    return state & 0xff;
  });
}

/** Asks for the password when opened. */
export async function encryptedPdf(password = 'secret'): Promise<Uint8Array> {
  const pdf = await draft(1, 'Secret');
  pdf.encrypt({ userPassword: password, ownerPassword: `${password}-owner` });
  return pdf.save();
}

/** Opens without a password, but does not allow changes. */
export async function restrictedPdf(): Promise<Uint8Array> {
  const pdf = await draft(2, 'Restricted');
  pdf.encrypt({ userPassword: '', ownerPassword: 'owner', permissions: { modifying: false } });
  return pdf.save();
}

/** Broken off so early that no page can be found any more. */
export async function brokenPdf(): Promise<Uint8Array> {
  return (await pdfOf(3)).slice(0, 60);
}

/** Its page tree names two pages; the second is not in the file. */
export async function missingPagePdf(): Promise<Uint8Array> {
  const pdf = await draft(2, 'Lost');
  pdf.context.delete(pdf.getPage(1).ref);
  return pdf.save();
}

/** A signature field; `made`: with a signature in it (looking like one; its digest is not real). */
export async function signedPdf(made = true): Promise<Uint8Array> {
  const pdf = await draft(1, 'Signed');
  const { context } = pdf;
  const field = context.obj({ FT: 'Sig', T: PDFHexString.fromText('Signature1') });
  if (made) field.set(PDFName.of('V'), context.register(signature(context)));
  const form = context.obj({ SigFlags: 3, Fields: [context.register(field)] });
  pdf.catalog.set(PDFName.of('AcroForm'), context.register(form));
  return pdf.save({ updateFieldAppearances: false });
}

const signature = (context: PDFContext): PDFDict =>
  context.obj({
    Type: 'Sig',
    Filter: 'Adobe.PPKLite',
    SubFilter: 'adbe.pkcs7.detached',
    ByteRange: [0, 100, 200, 100],
    Contents: PDFHexString.of('00'.repeat(32)),
  });

/** Carries `name`, as Factur-X and ZUGFeRD carry their invoice. */
export async function facturXPdf(name = 'factur-x.xml'): Promise<Uint8Array> {
  const pdf = await draft(1, 'Factur-X');
  const invoice = new TextEncoder().encode('<rsm:CrossIndustryInvoice/>');
  await pdf.attach(invoice, name, { mimeType: 'text/xml', creationDate: madeAt, modificationDate: madeAt });
  return pdf.save();
}

/** With a layer that is not shown. */
export async function layeredPdf(): Promise<Uint8Array> {
  const pdf = await draft(1, 'Layered');
  const { context, catalog } = pdf;
  const layer = context.register(context.obj({ Type: 'OCG', Name: PDFHexString.fromText('Draft') }));
  const shown = { OFF: [layer], Order: [layer] };
  catalog.set(PDFName.of('OCProperties'), context.obj({ OCGs: [layer], D: shown }));
  return pdf.save();
}

/** With a field that is filled in. */
export async function formPdf(): Promise<Uint8Array> {
  const pdf = await draft(1, 'Form');
  const field = pdf.getForm().createTextField('total');
  field.setText('1250.00');
  field.addToPage(pdf.getPage(0), { x: 50, y: 50, width: 150, height: 20 });
  return pdf.save();
}

/** Its catalogue, with this entry in it, stands in a compressed object stream (ISO 32000 7.5.7), as modern programs write it. */
export function compressedCataloguePdf(entry: string): Uint8Array {
  const catalogue = `<</Type/Catalog/Pages 3 0 R${entry}>>`;
  const head = '2 0 ';
  const packed = deflateSync(Buffer.from(head + catalogue)).toString('latin1');
  const text = [
    '%PDF-1.7',
    `1 0 obj\n<</Type/ObjStm/N 1/First ${head.length}/Filter/FlateDecode/Length ${packed.length}>>stream\n${packed}\nendstream\nendobj`,
    '3 0 obj\n<</Type/Pages/Kids[4 0 R]/Count 1>>\nendobj',
    '4 0 obj\n<</Type/Page/Parent 3 0 R/MediaBox[0 0 300 300]>>\nendobj',
    'trailer\n<</Size 5/Root 2 0 R>>\nstartxref\n0\n%%EOF\n',
  ].join('\n');
  return Buffer.from(text, 'latin1');
}
