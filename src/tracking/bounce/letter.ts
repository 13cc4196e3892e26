// A mail that may be a report, laid out: who wrote it, its own words, its machine parts, the message that it returns.
import { decodeCharset } from './mime/charset.ts';
import { decodeWords } from './mime/encoded-words.ts';
import { fieldOf, type Header, readHeader, splitHeader } from './mime/header.ts';
import { htmlToText } from './mime/html.ts';
import { limits } from './mime/limits.ts';
import { readLines } from './mime/lines.ts';
import { openMail, type Part } from './mime/part.ts';
import { decodeTransfer } from './mime/transfer-encoding.ts';
import { splitOriginal } from './original.ts';
import { isAny, senderWords } from './rules/report-words.ts';

export interface Letter {
  header: Header;
  subject: string;
  from: string;
  /** The return path is empty: no answer is wanted (RFC 5321 section 4.5.5). */
  isFromNobody: boolean;
  /** The report's own words, without the returned message and without quotations. */
  words: string;
  /** Texts of the message/delivery-status parts. */
  statusParts: readonly string[];
  /** Text of the message/feedback-report part. */
  feedback: string | null;
  /** Text of the message/disposition-notification part. */
  disposition: string | null;
  /** The header of the returned message, as far as it came back. */
  original: Header;
}

/** Text of a leaf, decoded; more than can be needed is left out before it costs anything. */
function textOf(part: Part): string {
  const encoding = fieldOf(part.header, 'content-transfer-encoding');
  const text = decodeCharset(
    decodeTransfer(part.body.slice(0, limits.text * 3), encoding),
    part.parameters.get('charset'),
  );
  return (part.type === 'text/html' ? htmlToText(text) : text).slice(0, limits.text);
}

const statusTypes = /^message\/(?:global-|x)?delivery-status$/;
const returnedTypes = /^(?:message\/(?:rfc822|global|partial)|(?:text|message)\/(?:rfc822|global)-headers?)$/;

/** Some systems leave out the blank line between the header of the part and the message in it. */
const returnedIn = (part: Part): string =>
  part.header.has('received') || part.header.has('message-id') || part.header.has('from')
    ? part.block
    : decodeTransfer(part.body.slice(0, limits.header), fieldOf(part.header, 'content-transfer-encoding'));

const firstLine = /^\s*[!-9;-~]+:/;
const looksLikeHeader = (text: string): boolean =>
  firstLine.test(text) && /(?:^|\n)(?:received|message-id|return-path):/i.test(text.slice(0, 20_000));

interface Found {
  plain: string[];
  html: string[];
  status: string[];
  /** Returned messages that are declared as such, and texts that look like one. */
  returned: string[];
  shown: string[];
  feedback: string | null;
  disposition: string | null;
}

/** What follows the returned message belongs to it, or was added on the way. */
const isAfterOriginal = ({ plain, html, returned, shown }: Found): boolean =>
  returned.length + shown.length > 0 && plain.length + html.length > 0;

function sort(part: Part, found: Found, isFirst: boolean): void {
  const { type } = part;
  if (part.parts.length > 0) {
    for (const [at, inner] of part.parts.entries()) sort(inner, found, isFirst && at === 0);
  } else if (statusTypes.test(type)) found.status.push(textOf(part));
  else if (type === 'message/feedback-report') found.feedback ??= textOf(part);
  else if (type === 'message/disposition-notification') found.disposition ??= textOf(part);
  else if (returnedTypes.test(type)) found.returned.push(returnedIn(part));
  else if (type === 'text/html') {
    if (!isAfterOriginal(found)) found.html.push(textOf(part));
  } else if (type.startsWith('text/plain') || type.startsWith('multipart/')) {
    const text = textOf(part);
    if (!isFirst && (part.header.has('received') || part.header.has('message-id'))) found.shown.push(part.block);
    else if (!isFirst && looksLikeHeader(text)) found.shown.push(text);
    else if (!isAfterOriginal(found)) found.plain.push(text);
  }
}

const wordsIn = ({ plain, html }: Found): string => {
  const text = plain.join('\n').trim() === '' ? html.join('\n') : plain.join('\n');
  return text.slice(0, limits.text);
};

const quoted = /^[ \t]{0,3}>(?!>>|[ \t]*<?[^\s<>@]+@[^\s<>]+>?\s*$).*$/gm;

/** A quotation is what another mail says. `>>>` is a session, and some systems put one `>` before each address. */
const withoutQuotations = (text: string): string => (text.includes('>') ? text.replace(quoted, '') : text);

const isHeader = (header: Header): boolean =>
  ['message-id', 'received', 'return-path', 'from'].some((name) => header.has(name));

/** A few words of the mail system may stand before it. */
function headerOf(returned: string): Header {
  const blocks = returned
    .trimStart()
    .split(/\n[ \t]*\n\s*/, 5)
    .map(readHeader);
  return blocks.find(isHeader) ?? new Map();
}

const isReport = /^content-type:\s*multipart\/report\b/im;

/** A gateway that adds a disclaimer wraps the whole report. A person who forwards one does the same, and is no mail system. */
const isWrapped = ({ header }: Part, { status, returned }: Found): boolean =>
  status.length === 0 &&
  returned.length === 1 &&
  isAny(senderWords, fieldOf(header, 'from') ?? '') &&
  isReport.test(splitHeader(returned[0]!).block);

/** @param bytes of one mail. Never throws */
export const openLetter = (bytes: Uint8Array): Letter => layOut(openMail(readLines(bytes)), true);

function layOut(mail: Part, mayBeWrapped: boolean): Letter {
  const found: Found = { plain: [], html: [], status: [], returned: [], shown: [], feedback: null, disposition: null };
  sort(mail, found, true);
  if (mayBeWrapped && isWrapped(mail, found)) return layOut(openMail(found.returned[0]!), false);
  const { words, original } = splitOriginal(wordsIn(found));
  const returned = found.returned[0] ?? found.shown[0] ?? original;
  return {
    header: mail.header,
    subject: decodeWords(fieldOf(mail.header, 'subject') ?? ''),
    from: decodeWords(fieldOf(mail.header, 'from') ?? ''),
    isFromNobody: /^<\s*>$/.test(fieldOf(mail.header, 'return-path')?.trim() ?? ''),
    words: withoutQuotations(words),
    statusParts: found.status,
    feedback: found.feedback,
    disposition: found.disposition,
    original: headerOf(returned),
  };
}
