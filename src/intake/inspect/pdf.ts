// What a PDF says of itself: pages, signatures, embedded electronic invoice.
import { readSync } from 'node:fs';
import type { Inspection } from './inspection.ts';
import {
  dropPdfium,
  isPdfiumFresh,
  type PdfBytes,
  type PdfHandle,
  type Pdfium,
  withPdf,
  withPdfium,
} from './pdfium.ts';

/** Some systems fill the file up to a whole block behind its end. */
const tailLength = 64 * 1024;

/** Names under which Factur-X, ZUGFeRD and XRechnung embed their XML. */
const invoiceNames = new Set(['factur-x.xml', 'zugferd-invoice.xml', 'xrechnung.xml', 'order-x.xml']);

type Facts = Pick<Inspection, 'signed' | 'facturX'> & { pages: number; whole: boolean };

const unread = { mediaType: 'application/pdf', pages: null, signed: false, facturX: false };

async function lookOnce(bytes: PdfBytes): Promise<Inspection> {
  const opened = await withPdfium((engine) => withPdf(engine, bytes, (pdf) => factsOf(engine, pdf, bytes)));
  if (opened && !opened.ok && opened.password) return { ...unread, fault: 'encrypted-file' };
  if (!opened?.ok) return { ...unread, fault: 'broken-file' };
  const { pages, whole, signed, facturX } = opened.value;
  if (pages === 0 || !whole) return { ...unread, fault: 'broken-file' };
  return { mediaType: 'application/pdf', pages, fault: null, signed, facturX };
}

/**
 * Looks at a PDF; its faults are in the answer. Broken is what an instance says that has seen nothing before: one that has
 * looked at thousands may be short of memory, or damaged by one of them.
 */
export async function lookAtPdf(bytes: PdfBytes): Promise<Inspection> {
  const wasFresh = isPdfiumFresh();
  const seen = await lookOnce(bytes);
  if (seen.fault !== 'broken-file' || wasFresh) return seen;
  dropPdfium();
  return lookOnce(bytes);
}

function factsOf(engine: Pdfium, pdf: PdfHandle, bytes: PdfBytes): Facts {
  const pages = engine.pdfium.wasmExports.FPDF_GetPageCount(pdf);
  const whole = (hasEnd(bytes) || engine.FPDF_DocumentHasValidCrossReferenceTable(pdf)) && hasPages(engine, pdf, pages);
  return { pages, whole, signed: isSigned(engine, pdf), facturX: hasInvoice(engine, pdf) };
}

function tailOf(bytes: PdfBytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  const { file, size } = bytes;
  const length = Math.min(size, tailLength);
  const tail = Buffer.allocUnsafe(length);
  return tail.subarray(0, readSync(file, tail, 0, length, size - length));
}

function hasEnd(document: PdfBytes): boolean {
  const bytes = tailOf(document);
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] ?? 0) <= 0x20) end -= 1;
  const start = Math.max(0, end - 1024);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).includes('%%EOF');
}

/** PDFium mends what it can: of a file broken off it may still know how many pages there were, though they are gone. */
function hasPages(engine: Pdfium, pdf: PdfHandle, pages: number): boolean {
  const { wasmExports } = engine.pdfium;
  const size = wasmExports.malloc(8);
  try {
    for (let at = 0; at < pages; at += 1) {
      if (!wasmExports.FPDF_GetPageSizeByIndexF(pdf, at, size)) return false;
    }
    return true;
  } finally {
    wasmExports.free(size);
  }
}

/** PDFium counts empty signature fields too; only a signature made has a byte range. */
function isSigned(engine: Pdfium, pdf: PdfHandle): boolean {
  const count = engine.pdfium.wasmExports.FPDF_GetSignatureCount(pdf);
  for (let at = 0; at < count; at += 1) {
    const signature = engine.FPDF_GetSignatureObject(pdf, at);
    if (signature !== 0 && engine.FPDFSignatureObj_GetByteRange(signature, 0, 0) > 0) return true;
  }
  return false;
}

function hasInvoice(engine: Pdfium, pdf: PdfHandle): boolean {
  const count = engine.pdfium.wasmExports.FPDFDoc_GetAttachmentCount(pdf);
  for (let at = 0; at < count; at += 1) {
    if (invoiceNames.has(attachmentName(engine, pdf, at).toLowerCase())) return true;
  }
  return false;
}

function attachmentName(engine: Pdfium, pdf: PdfHandle, at: number): string {
  const attachment = engine.FPDFDoc_GetAttachment(pdf, at);
  const size = attachment === 0 ? 0 : engine.FPDFAttachment_GetName(attachment, 0, 0);
  if (size === 0) return '';
  const room = engine.pdfium.wasmExports.malloc(size);
  try {
    engine.FPDFAttachment_GetName(attachment, room, size);
    return engine.pdfium.UTF16ToString(room);
  } finally {
    engine.pdfium.wasmExports.free(room);
  }
}
