// Bodies in seven bits: base64 for attachments (the fast path), quoted-printable for text. RFC 2045 6.7 and 6.8.
import { brokenSize, lineLength, linesAtOnce, plainBreaker, webAssemblyBreaker } from './line-breaker.ts';

/** Octets that `bytes` take as base64 with line ends, the last one too. */
export const base64Size = (bytes: number): number => brokenSize(Math.ceil(bytes / 3) * 4);

/** Octets that fill whole lines. */
const lineOctets = (lineLength / 4) * 3;
const octetsAtOnce = linesAtOnce * lineOctets;

const breakLines = webAssemblyBreaker() ?? plainBreaker;

/**
 * Writes `bytes` as base64 lines into `target`, piece by piece: one native call encodes a piece, then it is broken into lines.
 * @returns the position behind the last line end
 */
export function writeBase64(target: Buffer, at: number, bytes: Uint8Array): number {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let to = at;
  for (let from = 0; from < source.length; from += octetsAtOnce) {
    to = breakLines(target, to, source.toString('base64', from, from + octetsAtOnce));
  }
  return to;
}

/** Base64 lines of bytes that come in pieces: as `writeBase64` writes them at once. */
export async function* base64Pieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Uint8Array = new Uint8Array();
  const encode = (bytes: Uint8Array): Buffer => {
    const target = Buffer.allocUnsafe(base64Size(bytes.length));
    writeBase64(target, 0, bytes);
    return target;
  };
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const whole = bytes.length - (bytes.length % lineOctets);
    if (whole > 0) yield encode(bytes.subarray(0, whole));
    // A copy: who makes the pieces may use their memory again.
    rest = bytes.slice(whole);
  }
  if (rest.length > 0) yield encode(rest);
}

const hex = (octet: number): string => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;

/** One line without its end, in quoted-printable; soft breaks where it grows too long. */
function quotedLine(line: string): string {
  const octets = Buffer.from(line);
  let out = '';
  let length = 0;
  for (const [at, octet] of octets.entries()) {
    const last = at === octets.length - 1;
    const blank = octet === 32 || octet === 9;
    const plain = (octet >= 33 && octet <= 126 && octet !== 61) || (blank && !last);
    const next = plain ? String.fromCharCode(octet) : hex(octet);
    if (length + next.length > lineLength - 1) {
      out += '=\r\n';
      length = 0;
    }
    // Old relays damage a line that is "." or begins with "From ".
    const hazard = length === 0 && (octet === 46 || octet === 70);
    out += hazard ? hex(octet) : next;
    length += hazard ? 3 : next.length;
  }
  return out;
}

/** Text in quoted-printable with CRLF line ends, the last one too. */
export const quotedPrintable = (text: string): string =>
  `${text.toWellFormed().replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').map(quotedLine).join('\r\n')}\r\n`;
