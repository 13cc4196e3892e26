// PDFium as WebAssembly: loaded when first needed; documents are opened for one look and closed again.
import { readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { init } from '@embedpdf/pdfium';
import type { WrappedPdfiumModule } from '@embedpdf/pdfium';

/** As far as it is needed: the types of Node leave it to those of browsers. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (compiled: object, imports: object) => { exports: object };
};

/** Called for every document: as PDFium has them, without the package's wrapping, which costs as much as the look itself. */
interface RawExports {
  malloc(size: number): number;
  free(place: number): void;
  FPDF_LoadMemDocument(bytes: number, size: number, password: number): PdfHandle;
  FPDF_LoadCustomDocument(access: number, password: number): PdfHandle;
  FPDF_CloseDocument(pdf: PdfHandle): void;
  FPDF_GetLastError(): number;
  FPDF_GetPageCount(pdf: PdfHandle): number;
  FPDF_GetPageSizeByIndexF(pdf: PdfHandle, index: number, size: number): number;
  FPDF_GetSignatureCount(pdf: PdfHandle): number;
  FPDFDoc_GetAttachmentCount(pdf: PdfHandle): number;
}

/** The package leaves out the memory, and all but two of its exports, from its types. */
export type Pdfium = WrappedPdfiumModule & { pdfium: { HEAPU8: Uint8Array; wasmExports: RawExports } };

/** Handle of an open document. */
export type PdfHandle = number;

/** Bytes in memory, or a file that is open for reading, of which PDFium takes what it needs. */
export type PdfBytes = Uint8Array | { file: number; size: number };

/** WebAssembly memory grows and never shrinks: beyond this a new instance is cheaper than keeping it. */
const mostMemory = 256 * 1024 * 1024;

let compiling: Promise<object> | null = null;
let loading: Promise<Pdfium> | null = null;
let uses = 0;

async function compile(): Promise<object> {
  return WebAssembly.compile(await readFile(fileURLToPath(import.meta.resolve('@embedpdf/pdfium/pdfium.wasm'))));
}

async function load(): Promise<Pdfium> {
  compiling ??= compile();
  const compiled = await compiling;
  // Given as a module, or it would be fetched from the network, and compiled for every instance.
  const instantiateWasm = (imports: object, take: (instance: object) => void): object => {
    const instance = new WebAssembly.Instance(compiled, imports);
    take(instance);
    return instance.exports;
  };
  const engine = (await init({ instantiateWasm })) as Pdfium;
  engine.PDFiumExt_Init();
  return engine;
}

/** Lets the instance go, with its memory; the next use loads another. */
export function dropPdfium(): void {
  loading = null;
  uses = 0;
}

/** Whether the next use has an instance that has seen nothing before. */
export const isPdfiumFresh = (): boolean => uses === 0;

/**
 * Lets `work` use the one instance of this thread. It runs to its end without waiting, so that two uses can not meet. Null after
 * a trap inside WebAssembly, which is what a hostile file can cause: then the instance is not to be trusted any more and is
 * dropped.
 */
export async function withPdfium<T>(work: (engine: Pdfium) => T): Promise<T | null> {
  loading ??= load();
  const engine = await loading.catch((error: unknown) => {
    loading = null;
    compiling = null;
    throw error;
  });
  uses += 1;
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

/** Opens the bytes, gives the document to `look`, and closes it. `password`: it can not be opened without one. */
export const withPdf = <T>(engine: Pdfium, bytes: PdfBytes, look: (pdf: PdfHandle) => T): Opened<T> =>
  bytes instanceof Uint8Array ? withMemory(engine, bytes, look) : withFile(engine, bytes, look);

function look<T>(engine: Pdfium, pdf: PdfHandle, see: (pdf: PdfHandle) => T): Opened<T> {
  const { wasmExports } = engine.pdfium;
  if (pdf === 0) return { ok: false, password: wasmExports.FPDF_GetLastError() === errorPassword };
  try {
    return { ok: true, value: see(pdf) };
  } finally {
    wasmExports.FPDF_CloseDocument(pdf);
  }
}

function withMemory<T>(engine: Pdfium, bytes: Uint8Array, see: (pdf: PdfHandle) => T): Opened<T> {
  const { wasmExports } = engine.pdfium;
  // The document reads from this copy until it is closed. The byte behind it is the empty password.
  const copy = wasmExports.malloc(bytes.length + 1);
  if (copy === 0) return { ok: false, password: false };
  try {
    engine.pdfium.HEAPU8.set(bytes, copy);
    engine.pdfium.HEAPU8[copy + bytes.length] = 0;
    const pdf = wasmExports.FPDF_LoadMemDocument(copy, bytes.length, copy + bytes.length);
    return look(engine, pdf, see);
  } finally {
    wasmExports.free(copy);
  }
}

/** PDFium asks for 512 bytes at a time where it searches; what lies behind them comes with them. */
const blockLength = 256 * 1024;

/** Reads of a file in blocks. @returns whether all of `into` could be filled from `at` on */
function blockReader(file: number): (at: number, into: Uint8Array) => boolean {
  const block = Buffer.allocUnsafeSlow(blockLength);
  let from = 0;
  let length = 0;
  return (at, into) => {
    for (let done = 0; done < into.length;) {
      const wanted = at + done;
      if (wanted < from || wanted >= from + length) {
        length = readSync(file, block, 0, blockLength, wanted);
        from = wanted;
        if (length === 0) return false;
      }
      const piece = block.subarray(wanted - from, Math.min(length, wanted - from + into.length - done));
      into.set(piece, done);
      done += piece.length;
    }
    return true;
  };
}

/** FPDF_FILEACCESS of fpdfview.h: length, function, its first argument; then the empty password. */
const accessLength = 16;

function withFile<T>(
  engine: Pdfium,
  { file, size }: { file: number; size: number },
  see: (pdf: PdfHandle) => T,
): Opened<T> {
  const { pdfium } = engine;
  const read = blockReader(file);
  const getBlock = (_: number, at: number, into: number, length: number): number =>
    read(at >>> 0, pdfium.HEAPU8.subarray(into, into + length)) ? 1 : 0;
  const access = pdfium.wasmExports.malloc(accessLength);
  if (access === 0) return { ok: false, password: false };
  const callback = pdfium.addFunction(getBlock, 'iiiii');
  try {
    pdfium.setValue(access, size, 'i32');
    pdfium.setValue(access + 4, callback, 'i32');
    pdfium.setValue(access + 8, 0, 'i32');
    pdfium.setValue(access + 12, 0, 'i32');
    return look(engine, pdfium.wasmExports.FPDF_LoadCustomDocument(access, access + 12), see);
  } finally {
    pdfium.removeFunction(callback);
    pdfium.wasmExports.free(access);
  }
}
