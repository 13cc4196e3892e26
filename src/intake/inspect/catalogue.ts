// What stands in the catalogue of a PDF (ISO 32000 7.7.2) beside its pages: layers and form fields, which copied pages lose.
import { PDFDocument, PDFName } from '@cantoo/pdf-lib';

/** Without OCProperties hidden layers show; without AcroForm (XFA stands in it) fields lose what was filled in. */
const entries = ['OCProperties', 'AcroForm'] as const;

const bytesOf = (pdf: Uint8Array): Buffer => Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);

/** @returns true also for a PDF whose catalogue can not be read: nobody knows what it would lose */
export async function hasLayersOrForm(pdf: Uint8Array): Promise<boolean> {
  const bytes = bytesOf(pdf);
  if (entries.some((entry) => bytes.includes(`/${entry}`))) return true;
  // The catalogue is compressed only together with others, in an object stream.
  if (!bytes.includes('/ObjStm')) return false;
  try {
    const { catalog } = await PDFDocument.load(pdf, { updateMetadata: false, password: '' });
    return entries.some((entry) => catalog.has(PDFName.of(entry)));
  } catch {
    return true;
  }
}
