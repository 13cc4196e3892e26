// The parts of a mail (RFC 2046). Returned messages inside it are not opened: they are parts like any other.
import { type ContentType, readContentType } from './content-type.ts';
import { fieldOf, type Header, readHeader, splitHeader } from './header.ts';
import { limits } from './limits.ts';

export interface Part extends ContentType {
  header: Header;
  /** The header as it stands there. */
  block: string;
  /** As it stands there, still in its transfer encoding. Empty where there are parts. */
  body: string;
  parts: readonly Part[];
}

/** A mail whose Content-Type is lost or names no boundary still begins its first part in a way that no text does. */
const sniffed = /(?:^|\n)--(\S[^\n]{0,200}?)[ \t]*\n(?:[A-Za-z-]+:[^\n]*\n[ \t]*){0,10}?Content-[A-Za-z-]+:/i;

/** Room for the words that programs without MIME were meant to show, and for the first part's header. */
const preamble = 600;

function boundaryOf({ type, parameters }: ContentType, body: string): string | null {
  const named = parameters.get('boundary');
  if (type.startsWith('multipart/') && named && `\n${body}`.includes(`\n--${named}`)) return named;
  if (type.startsWith('multipart/')) return sniffed.exec(body.slice(0, limits.text))?.[1] ?? null;
  // A text may well show a mail with parts; one that begins with them is itself such a mail.
  return type === 'text/plain' ? (sniffed.exec(body.slice(0, preamble))?.[1] ?? null) : null;
}

/** @returns what stands between the boundary lines; a missing end is the end of the mail */
function split(body: string, boundary: string, most: number): string[] {
  const pieces: string[] = [];
  const line = `\n--${boundary}`;
  const text = `\n${body}`;
  let from = -1;
  for (let at = text.indexOf(line); at >= 0 && pieces.length < most; at = text.indexOf(line, at + line.length)) {
    const rest = text.slice(at + line.length, at + line.length + 200);
    const end = /^(--)?[ \t]*(?:\n|$)/.exec(rest);
    if (!end) continue;
    if (from >= 0) pieces.push(text.slice(from, at + 1));
    from = end[1] ? -1 : at + line.length + end[0].length;
    if (end[1]) break;
  }
  if (from >= 0 && pieces.length < most) pieces.push(text.slice(from));
  return pieces;
}

interface Left {
  parts: number;
}

/** A part may begin with a blank line: then it has no header (RFC 2046 section 5.1). */
function openPart(entity: string, depth: number, left: Left): Part {
  const { block, body } =
    entity.startsWith('\n') && depth > 0 ? { block: '', body: entity.slice(1) } : splitHeader(entity);
  const header = readHeader(block);
  const contentType = readContentType(fieldOf(header, 'content-type'));
  const part = { ...contentType, header, block, body, parts: [] };
  if (depth >= limits.depth || left.parts <= 0) return part;
  const boundary = boundaryOf(contentType, body);
  if (boundary === null) return part;
  const pieces = split(body, boundary, left.parts);
  if (pieces.length === 0) return part;
  left.parts -= pieces.length;
  const parts = pieces.map((piece) => openPart(piece, depth + 1, left));
  // Words before the first boundary are no part; a mail without a type had perhaps nothing else.
  return {
    ...part,
    type: contentType.type.startsWith('multipart/') ? contentType.type : 'multipart/mixed',
    body: '',
    parts,
  };
}

/** @param mail with LF, one character per byte. Never throws; what is too deep or too much stays unopened */
export const openMail = (mail: string): Part => openPart(mail, 0, { parts: limits.parts });
