// PDFium as WebAssembly: loaded once, when first needed; documents are opened for one look and closed again.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { init } from '@embedpdf/pdfium';
import type { WrappedPdfiumModule } from '@embedpdf/pdfium';

/** The package leaves out the memory from its types. */
export type Pdfium = WrappedPdfiumModule & { pdfium: { HEAPU8: Uint8Array } };

/** Handle of an open document. */
export type PdfHandle = number;

/** WebAssembly memory grows and never shrinks: beyond this a new instance is cheaper than keeping it. */
const mostMemory = 256 * 1024 * 1024;

let loading: Promise<Pdfium> | null = null;

async function load(): Promise<Pdfium> {
  const wasm = await readFile(fileURLToPath(import.meta.resolve('@embedpdf/pdfium/pdfium.wasm')));
  // Given as bytes, or it would be fetched from the network.
  const engine = (await init({ wasmBinary: wasm.buffer })) as Pdfium;
  engine.PDFiumExt_Init();
  return engine;
}

/** Lets the instance go, with its memory; the next use loads another. */
export function dropPdfium(): void {
  loading = null;
}

/**
 * Lets `work` use the one instance. It runs to its end without waiting, so that two uses can not meet. Null after a trap inside
 * WebAssembly, which is what a hostile file can cause: then the instance is not to be trusted any more and is dropped.
 */
export async function withPdfium<T>(work: (engine: Pdfium) => T): Promise<T | null> {
  loading ??= load();
  const engine = await loading.catch((error: unknown) => {
    loading = null;
    throw error;
  });
  try {
    return work(engine);
  } catch (error) {
    if (!isTrap(error)) throw error;
    dropPdfium();
    return null;
  } finally {
    if (engine.pdfium.HEAPU8.length > mostMemory) dropPdfium();
  }
}

/** A RangeError is a stack or a memory that overflowed. */
const isTrap = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'RuntimeError' || error instanceof RangeError);

export type Opened<T> = { ok: true; value: T } | { ok: false; password: boolean };

/** FPDF_ERR_PASSWORD of PDFium. */
const errorPassword = 4;

/** Opens `bytes`, gives the document to `look`, and closes it. `password`: it can not be opened without one. */
export function withPdf<T>(engine: Pdfium, bytes: Uint8Array, look: (pdf: PdfHandle) => T): Opened<T> {
  // The document reads from this copy until it is closed.
  const copy = engine.pdfium.wasmExports.malloc(bytes.length);
  if (copy === 0) return { ok: false, password: false };
  engine.pdfium.HEAPU8.set(bytes, copy);
  const pdf = engine.FPDF_LoadMemDocument(copy, bytes.length, '');
  try {
    if (pdf === 0) return { ok: false, password: engine.FPDF_GetLastError() === errorPassword };
    return { ok: true, value: look(pdf) };
  } finally {
    if (pdf !== 0) engine.FPDF_CloseDocument(pdf);
    engine.pdfium.wasmExports.free(copy);
  }
}
