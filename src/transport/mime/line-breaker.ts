// Breaks base64 into lines in WebAssembly: moving line after line in JavaScript costs five times as much (bench/compose).
// The module is one loop, written here instruction by instruction, so that nothing has to be built.

/** RFC 2045 6.8: lines of at most 76 characters. */
export const lineLength = 76;
const brokenLength = lineLength + '\r\n'.length;

/**
 * So many lines are broken at once: enough for the usual document, and little enough for the cache of a
 * processor core.
 */
export const linesAtOnce = 1_536;

const pageOctets = 65_536;
const pages = Math.ceil((linesAtOnce * brokenLength) / pageOctets);
/**
 * The characters are put at the end of the memory and move to its beginning. A line grows by two octets, so what is written never
 * passes what is still to be read: the gap between them is wider than the ends of all the lines.
 */
const from = pages * pageOctets - linesAtOnce * lineLength;

/** Unsigned LEB128 (WebAssembly 5.2.2). */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of a number that is not negative. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}

const counted = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const name = (text: string): number[] => counted([...Buffer.from(text)]);
const section = (id: number, ...entries: number[][]): number[] => [
  id,
  ...counted([...unsigned(entries.length), ...entries.flat()]),
];

const type = { i32: 0x7f, v128: 0x7b, function: 0x60, none: 0x40 };
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const i32 = (value: number): number[] => [0x41, ...signed(value)];
const plus = 0x6a;
const minus = 0x6b;
const load16 = (offset: number): number[] => [0xfd, 0x00, 0, offset];
const store16 = (offset: number): number[] => [0xfd, 0x0b, 0, offset];
const store2 = (offset: number): number[] => [0x3b, 0, offset];
const loop = [0x03, type.none];
const againUnlessZero = [0x0d, 0];
const end = 0x0b;

/** Locals: where to read, where to write, lines left; then a line in five pieces of 16 octets, the last over the one before. */
const [source, target, left, piece] = [0, 1, 2, 3];
const offsets = [0, 16, 32, 48, lineLength - 16];
const crlf = 0x0a0d;

/** (source, target, left): moves `left` lines, at least one, and puts a line end behind each. */
const code = [
  [1, offsets.length, type.v128],
  loop,
  // All of a line is read before any of it is written: the two may overlap.
  ...offsets.map((offset, at) => [...get(source), ...load16(offset), ...set(piece + at)]),
  ...offsets.map((offset, at) => [...get(target), ...get(piece + at), ...store16(offset)]),
  [...get(target), ...i32(crlf), ...store2(lineLength)],
  [...get(source), ...i32(lineLength), plus, ...set(source)],
  [...get(target), ...i32(brokenLength), plus, ...set(target)],
  [...get(left), ...i32(1), minus, ...tee(left), ...againUnlessZero],
  [end, end],
].flat();

/** WebAssembly 5.5: magic number and version, then the sections type, function, memory, export and code. */
const module = new Uint8Array(
  [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(1, [type.function, ...counted([type.i32, type.i32, type.i32]), ...counted([])]),
    section(3, [0]),
    // With a most that is the least: it never grows, so its buffer stays the same.
    section(5, [1, pages, pages]),
    section(7, [...name('break'), 0, 0], [...name('memory'), 2, 0]),
    section(10, counted(code)),
  ].flat(),
);

/** Octets of base64 with a line end behind every line, also behind the last, which may be shorter. */
export const brokenSize = (base64: number): number => base64 + Math.ceil(base64 / lineLength) * 2;

/** Writes base64, at most `linesAtOnce` lines of it, to `target` in lines. @returns the position behind the last line end */
export type LineBreaker = (target: Buffer, at: number, base64: string) => number;

interface Exports {
  memory: { buffer: ArrayBuffer };
  break(source: number, target: number, left: number): void;
}

/** Part of Node; the types of Node do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: Exports };
};

/** Null where the processor, or the settings of the machine, allow no such thing. */
export function webAssemblyBreaker(): LineBreaker | null {
  let exports: Exports;
  try {
    exports = new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
  } catch {
    return null;
  }
  const memory = Buffer.from(exports.memory.buffer);
  return (target, at, base64) => {
    const { length } = base64;
    if (length > linesAtOnce * lineLength) throw new RangeError(`${length} characters of base64 at once`);
    memory.write(base64, from, length, 'latin1');
    const lines = Math.floor(length / lineLength);
    if (lines > 0) exports.break(from, 0, lines);
    const size = brokenSize(length);
    if (length > lines * lineLength) {
      memory.copyWithin(lines * brokenLength, from + lines * lineLength, from + length);
      memory.write('\r\n', size - 2, 'latin1');
    }
    target.set(memory.subarray(0, size), at);
    return at + size;
  };
}

/** The same without WebAssembly. */
export const plainBreaker: LineBreaker = (target, at, base64) => {
  const end = at + brokenSize(base64.length);
  let from = end - base64.length;
  target.write(base64, from, 'latin1');
  let to = at;
  while (from < end) {
    const length = Math.min(lineLength, end - from);
    target.copyWithin(to, from, from + length);
    from += length;
    to += length;
    target[to++] = 13;
    target[to++] = 10;
  }
  return to;
};
