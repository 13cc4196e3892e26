// Small real PDFs for tests: sound, encrypted, broken off, with a signature, with an embedded electronic invoice.
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
