// Encoded words of header fields (RFC 2047), and raw bytes that stand where such words should.
import { decodeCharset } from './charset.ts';
import { decodeTransfer } from './transfer-encoding.ts';

const word = /=\?([^?\s]{1,40})\?([BbQq])\?([^?]*)\?=/g;

const bytesOf = (encoding: string, text: string): string =>
  encoding.toUpperCase() === 'B'
    ? decodeTransfer(text, 'base64')
    : decodeTransfer(text.replaceAll('_', '=20'), 'quoted-printable');

/** @param value of a field, unfolded, one character per byte. @returns text; never throws */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return decodeCharset(value, undefined);
  return value.replace(/\?=\s+=\?/g, '?==?').replace(word, (_, charset: string, encoding: string, text: string) =>
    // A language may stand behind the charset (RFC 2231 section 5).
    decodeCharset(bytesOf(encoding, text), charset.split('*')[0]),
  );
}
