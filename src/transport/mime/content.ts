// Bodies in seven bits: base64 for attachments (the fast path), quoted-printable for text. RFC 2045 6.7 and 6.8.
import { brokenSize, lineLength, linesAtOnce, plainBreaker, webAssemblyBreaker } from './line-breaker.ts';

/** Octets that `bytes` take as base64 with line ends, the last one too. */
export const base64Size = (bytes: number): number => brokenSize(Math.ceil(bytes / 3) * 4);

/** Octets that fill whole lines. */
const lineOctets = (lineLength / 4) * 3;
const octetsAtOnce = linesAtOnce * lineOctets;

const breakLines = webAssemblyBreaker() ?? plainBreaker;

/** What is encoded again and again lies in the cache of the processor, where the encoder reads it far more quickly. */
const near = Buffer.allocUnsafeSlow(octetsAtOnce);

/**
 * Writes `bytes` as base64 lines into `target`: one native call encodes them, then they are broken into lines; piece by piece
 * where they are many.
 * @returns the position behind the last line end
 */
export function writeBase64(target: Buffer, at: number, bytes: Uint8Array): number {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (source.length <= octetsAtOnce) return breakLines(target, at, source.toString('base64'));
  let to = at;
  for (let from = 0; from < source.length; from += octetsAtOnce) {
    const length = source.copy(near, 0, from, from + octetsAtOnce);
    to = breakLines(target, to, near.toString('base64', 0, length));
  }
  return to;
}

/** Base64 lines of bytes that come in pieces: as `writeBase64` writes them at once. Each piece holds until the next is asked for. */
export async function* base64Pieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let memory = Buffer.allocUnsafeSlow(base64Size(lineOctets));
  /** The beginning of a line. */
  let rest: Uint8Array = new Uint8Array();
  for await (const piece of pieces) {
    const missing = rest.length === 0 ? 0 : lineOctets - rest.length;
    if (piece.length < missing) {
      rest = Buffer.concat([rest, piece]);
      continue;
    }
    const first = missing === 0 ? rest : Buffer.concat([rest, piece.subarray(0, missing)]);
    const whole = piece.length - ((piece.length - missing) % lineOctets);
    const size = base64Size(first.length) + base64Size(whole - missing);
    if (memory.length < size) memory = Buffer.allocUnsafeSlow(size);
    const behind = writeBase64(memory, 0, first);
    writeBase64(memory, behind, piece.subarray(missing, whole));
    if (size > 0) yield memory.subarray(0, size);
    // A copy: who makes the pieces may use their memory again.
    rest = new Uint8Array(piece.subarray(whole));
  }
  if (rest.length > 0) yield memory.subarray(0, writeBase64(memory, 0, rest));
}

const hex = (octet: number): string => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;

/** The last character of a quoted line is a "=" where it goes on. */
const quotedLength = lineLength - 1;

/** Nothing to encode: no "=", and no blank at the end. */
const plainText = /^[\t\x20-\x3c\x3e-\x7e]*[\x21-\x3c\x3e-\x7e]$/;

/** Old relays damage a line that is "." or begins with "From ". */
const isHazard = (octet: number): boolean => octet === 46 || octet === 70;

/** Most lines are of this kind, so they are cut and not read octet by octet. */
function plainLine(line: string): string {
  let out = '';
  for (let at = 0; at < line.length;) {
    const first = line.charCodeAt(at);
    const begin = isHazard(first) ? hex(first) : line.charAt(at);
    const next = at + 1 + quotedLength - begin.length;
    out += `${at === 0 ? '' : '=\r\n'}${begin}${line.slice(at + 1, next)}`;
    at = next;
  }
  return out;
}

/** One line without its end, in quoted-printable; soft breaks where it grows too long. */
function quotedLine(line: string): string {
  if (plainText.test(line)) return plainLine(line);
  const octets = Buffer.from(line);
  let out = '';
  let length = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at]!;
    const last = at === octets.length - 1;
    const blank = octet === 32 || octet === 9;
    const plain = (octet >= 33 && octet <= 126 && octet !== 61) || (blank && !last);
    const next = plain ? String.fromCharCode(octet) : hex(octet);
    if (length + next.length > quotedLength) {
      out += '=\r\n';
      length = 0;
    }
    const hazard = length === 0 && isHazard(octet);
    out += hazard ? hex(octet) : next;
    length += hazard ? 3 : next.length;
  }
  return out;
}

/** Text in quoted-printable with CRLF line ends, the last one too. */
export const quotedPrintable = (text: string): string =>
  `${text.toWellFormed().replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').map(quotedLine).join('\r\n')}\r\n`;
