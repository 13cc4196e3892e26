// Composes a message from its ingredients: the same ingredients always give the same bytes (docs/promises.md, 3).
import { wireAddress } from '../../message/email-address.ts';
import type { Ingredients } from '../../message/message.ts';
import type { LoadedAttachment } from '../../message/transport.ts';
import { base64Pieces, base64Size, quotedPrintable, writeBase64 } from './content.ts';
import { addressList, encodePhrase, encodeText, field, fileNameParameters, withParameters } from './header.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number): string => String(number).padStart(2, '0');

/** RFC 5322 3.3, in UTC: the zone of the machine must not change the bytes. */
function dateText(time: number): string {
  const at = new Date(time);
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${days[at.getUTCDay()]}, ${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()} ${clock} +0000`;
}

/** The seed is only hex digits or the like; "=_" can not stand in quoted-printable (RFC 2045 6.7). */
const boundaryOf = (seed: string, part: string): string =>
  `=_${part}_${seed.replace(/[^A-Za-z0-9]/g, '').slice(0, 50)}`;

const languageOf = (language: string | null): string =>
  language && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(language) ? field('Content-Language', [language]) : '';

function headers(ingredients: Ingredients): string {
  const { from, replyTo, to, cc } = ingredients;
  const sender = [...encodePhrase('From', from.name), `<${wireAddress(from.address)}>`];
  return [
    field('Date', [dateText(ingredients.date)]),
    field('From', sender),
    replyTo === null ? '' : field('Reply-To', addressList([replyTo])),
    to.length === 0 ? field('To', ['undisclosed-recipients:;']) : field('To', addressList(to)),
    cc.length === 0 ? '' : field('Cc', addressList(cc)),
    field('Subject', encodeText('Subject', ingredients.subject)),
    field('Message-ID', [`<${ingredients.messageId}>`]),
    // RFC 3834 5: keeps vacation programs from answering; Exchange reads the second (MS-OXCMAIL 2.2.3.2.14).
    field('Auto-Submitted', ['auto-generated']),
    field('X-Auto-Response-Suppress', ['OOF,', 'AutoReply']),
    languageOf(ingredients.language),
    field('MIME-Version', ['1.0']),
  ].join('');
}

const textPart = (subtype: 'plain' | 'html', text: string): string =>
  `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}`;

/** RFC 2046 5.1.4: the richest form last. */
function body(ingredients: Ingredients): string {
  const { text, html, boundary: seed } = ingredients;
  if (html === null) return textPart('plain', text);
  const boundary = boundaryOf(seed, 'alternative');
  return [
    withParameters('Content-Type', 'multipart/alternative', [`boundary="${boundary}"`]),
    `\r\n--${boundary}\r\n${textPart('plain', text)}`,
    `--${boundary}\r\n${textPart('html', html)}`,
    `--${boundary}--\r\n`,
  ].join('');
}

/** Anything but a plain media type would be markup of its own. */
const mediaTypeOf = (mediaType: string): string =>
  /^[a-z0-9.+-]+\/[a-z0-9.+-]+(; ?charset=[a-z0-9-]+)?$/i.test(mediaType) ? mediaType : 'application/octet-stream';

/**
 * How attachments go. The message is the one with base64; binary is the same message for a line that takes any octet (RFC 3030 3),
 * and every transport that can not have it so, and every reader, gets the other.
 */
export type Encoding = 'base64' | 'binary';

const attachmentHead = ({ mediaType, name }: LoadedAttachment, encoding: Encoding): string =>
  [
    withParameters('Content-Type', mediaTypeOf(mediaType), fileNameParameters('name', name)),
    withParameters('Content-Disposition', 'attachment', fileNameParameters('filename', name)),
    `Content-Transfer-Encoding: ${encoding}\r\n\r\n`,
  ].join('');

/** A message laid out: its texts, with the attachments between them. */
export interface Layout {
  /** Octets on the wire, without the final dot. */
  size: number;
  encoding: Encoding;
  /** Texts in CRLF lines, seven bits but for addresses in UTF-8 (RFC 6532). No line begins with a dot. */
  parts: readonly (string | LoadedAttachment)[];
}

function sizeOf(part: string | LoadedAttachment, encoding: Encoding): number {
  if (typeof part === 'string') return Buffer.byteLength(part);
  return encoding === 'binary' ? part.size : base64Size(part.size);
}

const hasDottedLine = (text: string): boolean => text.startsWith('.') || text.includes('\n.') || text.includes('\r.');

/**
 * RFC 5321 4.5.2 doubles a dot at the beginning of a line. Quoted-printable and base64 have no such line, so nothing of ours
 * needs it; were there ever one, it would have to be seen here and not at the other side.
 */
function laidOut(parts: Layout['parts'], encoding: Encoding): Layout {
  if (parts.some((part) => typeof part === 'string' && hasDottedLine(part)))
    throw new Error('a line begins with a dot');
  return { parts, encoding, size: parts.reduce((sum, part) => sum + sizeOf(part, encoding), 0) };
}

/** @param attachments those of the ingredients, in their order */
export function layOut(
  ingredients: Ingredients,
  attachments: readonly LoadedAttachment[],
  encoding: Encoding = 'base64',
): Layout {
  const head = headers(ingredients);
  if (attachments.length === 0) return laidOut([head + body(ingredients)], encoding);
  const boundary = boundaryOf(ingredients.boundary, 'mixed');
  const type = withParameters('Content-Type', 'multipart/mixed', [`boundary="${boundary}"`]);
  const parts: (string | LoadedAttachment)[] = [];
  // The line end before a boundary belongs to it (RFC 2046 5.1.1); base64 brings its own.
  const seam = encoding === 'binary' ? '\r\n' : '';
  let text = `${head}${type}\r\n--${boundary}\r\n${body(ingredients)}`;
  for (const attachment of attachments) {
    parts.push(`${text}--${boundary}\r\n${attachmentHead(attachment, encoding)}`, attachment);
    text = seam;
  }
  return laidOut([...parts, `${seam}--${boundary}--\r\n`], encoding);
}

/** Whether all attachments are small, so that `composeInto` can write the message. */
export const isWhole = ({ parts }: Layout): boolean =>
  parts.every((part) => typeof part === 'string' || part.fill !== null);

/** Where attachments lie while they are encoded, one after the other: new memory for each would cost more than encoding it. */
let workspace = Buffer.allocUnsafeSlow(64 * 1024);

function writeAttachment(target: Buffer, at: number, { size, fill }: LoadedAttachment, encoding: Encoding): number {
  if (encoding === 'binary') {
    fill!(target.subarray(at, at + size));
    return at + size;
  }
  if (size > workspace.length) workspace = Buffer.allocUnsafeSlow(size);
  const bytes = workspace.subarray(0, size);
  fill!(bytes);
  return writeBase64(target, at, bytes);
}

/** Writes a whole message to the beginning of `target`, which has room for its size. @throws what `fill` of an attachment throws */
export function composeInto(target: Buffer, { parts, encoding }: Layout): void {
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'string') at += target.write(part, at);
    else at = writeAttachment(target, at, part, encoding);
  }
}

/**
 * The message in pieces, with base64, for one that is too large to be held. Each piece holds until the next is asked for: then
 * its memory is used again.
 * @throws what `pieces` of an attachment throws
 */
export async function* composePieces({ parts }: Layout): AsyncGenerator<Buffer> {
  for (const part of parts) {
    if (typeof part === 'string') yield Buffer.from(part);
    else yield* base64Pieces(part.pieces());
  }
}

/** The whole message in memory. @throws what `pieces` of an attachment throws */
export async function composeMessage(
  ingredients: Ingredients,
  attachments: readonly LoadedAttachment[],
): Promise<Buffer> {
  const layout = layOut(ingredients, attachments);
  const message = Buffer.allocUnsafe(layout.size);
  let at = 0;
  for await (const piece of composePieces(layout)) {
    piece.copy(message, at);
    at += piece.length;
  }
  if (at !== layout.size) throw new Error(`the message has ${at} octets, and ${layout.size} were said`);
  return message;
}

/** RFC 6531 3.3: a local part beyond ASCII needs a server that offers SMTPUTF8. */
export const needsSmtpUtf8 = ({ from, replyTo, to, cc }: Ingredients, recipient: string): boolean =>
  [from.address, replyTo ?? '', recipient, ...to, ...cc].some((address) => /[^\x20-\x7e]/.test(wireAddress(address)));
