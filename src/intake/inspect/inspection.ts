// A look at the bytes of a document when it is taken in: what it is, how many pages, what is wrong with it.
import type { Reason } from '../../message/reasons.ts';
import { isPdf, lookAtPdf } from './pdf.ts';
import { dropPdfium } from './pdfium.ts';
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

const plain = { signed: false, facturX: false };

/** Judges by content, never by name. Never throws for any content. Blocks the event loop while it looks at one document. */
export async function inspect(bytes: Uint8Array): Promise<Inspection> {
  if (bytes.length === 0) return { mediaType: 'application/octet-stream', pages: null, fault: 'empty-file', ...plain };
  if (isPdf(bytes)) return lookAtPdf(bytes);
  const text = lookAtText(bytes);
  if (text.pages !== null) return { mediaType: text.mediaType, pages: text.pages, fault: null, ...plain };
  return { mediaType: text.mediaType, pages: null, fault: 'unsupported-file', ...plain };
}

/** Frees the memory of the PDF reader. A later `inspect` loads it anew. */
export function closeInspection(): void {
  dropPdfium();
}
