// What the mail server really took and kept, by Message-ID and recipient; and what about the octets was against the rules.
import { hash } from 'node:crypto';

/** One content that came in whole, kept or not. */
export interface Entry {
  messageId: string;
  recipient: string;
  kept: boolean;
  /** The code that was said to the dot; null when nothing was said. */
  said: number | null;
  octets: number;
  connection: number;
  at: number;
  /** Of the content without dot-stuffing; empty for large ones. */
  sha256: string;
  /** In words. */
  offences: string[];
}

export interface Seen {
  entries: Entry[];
  connections: number;
  open: number;
  mostOpen: number;
  /** Times at each place since the start. */
  places: Record<string, number>;
  /** Connections were made at these times. */
  connectedAt: number[];
  /** Lines of clients, the last 5,000. */
  lines: string[];
  /** MAIL was refused so often by the throttle. */
  throttled: number;
}

/** Larger contents are only counted. */
export const mostKept = 1_000_000;

const messageIdOf = (head: string): string => /^message-id:\s*<([^>]*)>/im.exec(head)?.[1] ?? '';

/** RFC 5322 2.1.1 and 2.3, RFC 6152: what a server must never be sent. */
function offencesOf(content: Buffer, isEightBit: boolean): string[] {
  const text = content.toString('latin1');
  const found: string[] = [];
  if (/(?<!\r)\n|\r(?!\n)/.test(text)) found.push('bare CR or LF');
  if (text.includes('\0')) found.push('NUL');
  if (text.split('\r\n').some((line) => line.length > 998)) found.push('a line over 998 octets');
  if (!isEightBit && /[\x80-\xff]/.test(text)) found.push('8 bit without 8BITMIME');
  return found;
}

/** What one content was, from its pieces as they came. @param stuffed whether dots at line beginnings were doubled */
export function describeContent(
  pieces: readonly Buffer[],
  octets: number,
  stuffed: boolean,
  isEightBit: boolean,
): Pick<Entry, 'messageId' | 'sha256' | 'offences' | 'octets'> {
  const start = Buffer.concat(pieces);
  const text = start.toString('latin1');
  const isWhole = octets === start.length;
  const plain = stuffed ? Buffer.from(text.replaceAll(/^\./gm, ''), 'latin1') : start;
  return {
    messageId: messageIdOf(text),
    octets,
    sha256: isWhole ? hash('sha256', plain, 'hex') : '',
    offences: isWhole ? offencesOf(plain, isEightBit) : [],
  };
}
