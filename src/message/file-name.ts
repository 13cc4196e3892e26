// The descriptive name of an attachment: safe on every system that may save it.
import type { Fields } from './fields.ts';
import { asOneLine } from './control-characters.ts';
import { renderTemplate } from './template.ts';

const longest = 120;
/** A file system takes 255 octets; " (2)" or a ".part" of whoever saves it may still come behind. */
const mostOctets = 200;
const extensions: readonly (readonly [start: string, extension: string])[] = [
  ['application/pdf', '.pdf'],
  ['text/plain', '.txt'],
];
/** Names that Windows keeps for devices, with or without an extension. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A template says ".pdf" for all documents of a type; one that came as text is not made a PDF by its name. */
function withExtension(name: string, extension: string): string {
  if (name.toLowerCase().endsWith(extension)) return name;
  const other = extensions.find(([, known]) => extension !== '' && name.toLowerCase().endsWith(known));
  return (other ? name.slice(0, -other[1].length) : name) + extension;
}

const encoder = new TextEncoder();

/** As many whole characters as fit: a letter keeps its marks, a sign of several code points stays one. */
function cutTo(text: string, characters: number, octets: number): string {
  let out = '';
  let count = 0;
  let size = 0;
  for (const { segment } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)) {
    count += [...segment].length;
    size += encoder.encode(segment).length;
    if (count > characters || size > octets) break;
    out += segment;
  }
  return out.trimEnd();
}

/** @returns a name without a path, at most 120 characters and 200 octets, never empty, with the extension of its media type */
export function safeFileName(wanted: string, mediaType: string): string {
  const extension = extensions.find(([start]) => mediaType.startsWith(start))?.[1] ?? '';
  const clean = asOneLine(wanted.toWellFormed())
    .replace(/[<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '-')
    .replace(/^[.\s-]+|[.\s]+$/g, '');
  const stem = clean === '' || clean.toLowerCase() === extension ? 'document' : clean;
  const named = withExtension(reserved.test(stem) ? `document ${stem}` : stem, extension);
  if ([...named].length <= longest && encoder.encode(named).length <= mostOctets) return named;
  const bare = named.slice(0, named.length - extension.length);
  const cut = cutTo(bare, longest - extension.length, mostOctets - extension.length);
  return (cut === '' ? 'document' : cut) + extension;
}

/** @throws OBX120 when the template can not be filled in */
export const attachmentName = (template: string, fields: Fields, mediaType: string): string =>
  safeFileName(renderTemplate(template, fields), mediaType);
