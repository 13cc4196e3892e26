// From the bytes of a mail to a string with one character per byte and LF at every end of a line.
import { limits } from './limits.ts';

/** Takes LF, CRLF and CR; what stands behind the limit is left out. Never throws. */
export function readLines(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  const text = Buffer.from(buffer, byteOffset, Math.min(byteLength, limits.bytes)).toString('latin1');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
