// Joins PDFs to one, for document types with grouping "merged". The same parts always give the same bytes.
import { createHash } from 'node:crypto';
import { OutboxError } from '../message/errors.ts';
import { hasLayersOrForm } from './inspect/catalogue.ts';
import { inspect } from './inspect/inspection.ts';
import { withPdf, withPdfium } from './inspect/pdfium.ts';
import type { PdfHandle, Pdfium } from './inspect/pdfium.ts';

async function losesNothing(bytes: Uint8Array): Promise<boolean> {
  const { mediaType, fault, signed, facturX } = await inspect(bytes);
  if (mediaType !== 'application/pdf' || fault || signed || facturX) return false;
  return !(await hasLayersOrForm(bytes));
}

/** False when joining would lose something (a signature, an embedded invoice, hidden layers, a form) or is not possible. */
export async function mayMerge(parts: readonly Uint8Array[]): Promise<boolean> {
  for (const part of parts) if (!(await losesNothing(part))) return false;
  return parts.length > 0;
}

/**
 * One PDF with the pages of `parts` in their order.
 * @throws OBX141 when a part can not be read
 */
export async function mergePdfs(parts: Uint8Array[]): Promise<Uint8Array> {
  const merged = await withPdfium((engine) => merge(engine, parts));
  if (merged) return withOwnId(merged, parts);
  throw new OutboxError('OBX141', {
    number: parts.length,
    count: parts.length,
    detail: 'the PDF reader broke down on it',
  });
}

function merge(engine: Pdfium, parts: Uint8Array[]): Uint8Array {
  // PDFium notes the time of making unless forbidden (FPDF_POLICY_MACHINETIME_ACCESS).
  engine.FPDF_SetSandBoxPolicy(0, false);
  const merged = engine.FPDF_CreateNewDocument();
  try {
    for (const [at, part] of parts.entries()) append(engine, merged, part, { number: at + 1, count: parts.length });
    const saved = save(engine, merged);
    if (saved.length > 0) return saved;
    throw new OutboxError('OBX141', {
      number: parts.length,
      count: parts.length,
      detail: 'the PDF can not be written',
    });
  } finally {
    engine.FPDF_CloseDocument(merged);
  }
}

function append(engine: Pdfium, merged: PdfHandle, part: Uint8Array, place: { number: number; count: number }): void {
  const end = engine.FPDF_GetPageCount(merged);
  // No page range: all pages.
  const opened = withPdf(engine, part, (pdf) => engine.FPDF_ImportPages(merged, pdf, '', end));
  if (!opened.ok) {
    const detail = opened.password ? 'it asks for a password' : 'it is damaged';
    throw new OutboxError('OBX141', { ...place, detail });
  }
  if (!opened.value) throw new OutboxError('OBX141', { ...place, detail: 'its pages can not be copied' });
}

function save(engine: Pdfium, pdf: PdfHandle): Uint8Array {
  const writer = engine.PDFiumExt_OpenFileWriter();
  engine.PDFiumExt_SaveAsCopy(pdf, writer);
  const size = engine.PDFiumExt_GetFileWriterSize(writer);
  const room = engine.pdfium.wasmExports.malloc(size);
  try {
    engine.PDFiumExt_GetFileWriterData(writer, room, size);
    return engine.pdfium.HEAPU8.slice(room, room + size);
  } finally {
    engine.pdfium.wasmExports.free(room);
    engine.PDFiumExt_CloseFileWriter(writer);
  }
}

/** PDFium makes the identifier of a file (ISO 32000, 14.4) from a place in memory: here it comes from the parts. */
function withOwnId(pdf: Uint8Array, parts: Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const id = hash.digest('hex').slice(0, 32).toUpperCase();
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length);
  const at = bytes.lastIndexOf('/ID[<');
  if (at >= 0) bytes.write(`/ID[<${id}><${id}>]`, at, 'latin1');
  return pdf;
}
