// Tells plain text, which can be sent as it is, from print streams, mark-up and other bytes, which can not.
import { decodeText } from '../text-decoding.ts';

/** Text for machines: a recipient would get its source. By its first characters. */
const forMachines: { start: RegExp; mediaType: string }[] = [
  { start: /^%!PS/, mediaType: 'application/postscript' },
  { start: /^\p{Cc}%-12345X/u, mediaType: 'application/vnd.hp-pjl' },
  { start: /^\{\\rtf/, mediaType: 'application/rtf' },
  { start: /^\s*(?:<!doctype html|<html)/i, mediaType: 'text/html' },
];

const oddCharacters = /[\p{Cc}\ufffd]/gu;

/** Overprint, tabs, ends of lines and pages, and printer codes are what text of old systems is made of. */
const printing = new Set(['\b', '\t', '\n', '\v', '\f', '\r', '\u001b']);

/** Of all characters; a stray one from an old printer does no harm. */
const mostUnprintable = 0.02;

/** A form feed begins a page; one at the end of the file only throws the last page out. Null when it is not plain text. */
export function lookAtText(bytes: Uint8Array): { mediaType: string; pages: number | null } {
  const { text, encoding } = decodeText(bytes);
  const binary = { mediaType: 'application/octet-stream', pages: null };
  if (text.includes('\0')) return binary;
  const unprintable = text.match(oddCharacters)?.filter((character) => !printing.has(character)) ?? [];
  if (unprintable.length > text.length * mostUnprintable) return binary;
  const found = forMachines.find(({ start }) => start.test(text));
  if (found) return { mediaType: found.mediaType, pages: null };
  return { mediaType: `text/plain; charset=${encoding}`, pages: pagesOf(text) };
}

function pagesOf(text: string): number {
  const pages = text.split('\f');
  if (pages.length > 1 && pages.at(-1)?.trim() === '') pages.pop();
  return pages.length;
}
