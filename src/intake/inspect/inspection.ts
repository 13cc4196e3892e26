// A look at the bytes of a document when it is taken in: what it is, how many pages, what is wrong with it.
import { readSync } from 'node:fs';
import type { Reason } from '../../message/reasons.ts';
import { lookAtText } from './text.ts';

export interface Inspection {
  mediaType: string;
  /** Null when it could not be read. */
  pages: number | null;
  /** What is wrong with it, or null. */
  fault: Reason | null;
  /** It bears a digital signature: any change would break it. */
  signed: boolean;
  /** It carries an electronic invoice as XML: merged, that would be lost. */
  facturX: boolean;
}

/** How much of the beginning says whether it is a PDF: readers accept other bytes before the header, within the first 1024. */
const headLength = 1024;

/** @param bytes all of it, or its beginning */
const isPdf = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headLength)).includes('%PDF-');

let reader: Promise<typeof import('./pdf.ts')> | null = null;
/** Loaded with the first PDF. */
const pdfReader = (): Promise<typeof import('./pdf.ts')> => (reader ??= import('./pdf.ts'));

const plain = { signed: false, facturX: false };

/** Judges by content, never by name. Never throws for any content. Blocks the event loop while it looks at one document. */
export async function inspect(bytes: Uint8Array): Promise<Inspection> {
  if (bytes.length === 0) return { mediaType: 'application/octet-stream', pages: null, fault: 'empty-file', ...plain };
  if (isPdf(bytes)) return (await pdfReader()).lookAtPdf(bytes);
  const text = lookAtText(bytes);
  if (text.pages !== null) return { mediaType: text.mediaType, pages: text.pages, fault: null, ...plain };
  return { mediaType: text.mediaType, pages: null, fault: 'unsupported-file', ...plain };
}

/** PDFium knows places in a file by 32 bits. Of a larger one nobody knows the pages. */
const mostCounted = 2 ** 31 - 1;
/** So much of a large file tells whether it is text at all. */
const textSample = 1024 * 1024;

/**
 * The same of a large file, which is not read whole unless it is text.
 * @param file open for reading, of so many octets
 */
export async function inspectFile(file: number, size: number): Promise<Inspection> {
  const read = (length: number): Buffer => {
    const bytes = Buffer.allocUnsafeSlow(Math.min(length, size));
    let at = 0;
    for (let got = -1; at < bytes.length && got !== 0; at += got)
      got = readSync(file, bytes, at, bytes.length - at, at);
    return bytes.subarray(0, at);
  };
  const isPages = isPdf(read(headLength));
  if (isPages && size > mostCounted) return { mediaType: 'application/pdf', pages: null, fault: null, ...plain };
  if (isPages) return (await pdfReader()).lookAtPdf({ file, size });
  const sample = await inspect(read(textSample));
  return sample.pages === null || size <= textSample ? sample : inspect(read(size));
}

/** Frees the memory of the PDF reader. A later `inspect` loads it anew. */
export async function closeInspection(): Promise<void> {
  if (reader !== null) (await import('./pdfium.ts')).dropPdfium();
}
