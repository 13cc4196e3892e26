// Replies of a server, read strictly: three digits, hyphen or blank, line end. RFC 5321 4.2, enhanced codes RFC 2034.
import { visibleLine } from '../../message/control-characters.ts';
import type { LastReply } from '../../message/message.ts';
import { LineFault } from './fault.ts';

export interface Reply {
  code: number;
  /** "5.1.1", or null. */
  enhanced: string | null;
  /** Without codes, one line each. */
  lines: string[];
}

/** RFC 5321 4.5.3.1.5 says 512; some servers say more. */
const longestLine = 4_096;
const mostLines = 200;

/** A reply may have lines without number: what is judged and shown is its beginning. Characters. */
const longestText = 2_000;

export const textOf = (reply: Reply): string => reply.lines.join(' ').trim().slice(0, longestText);

/** RFC 5321 4.2.1: the first digit says whether it is a yes. */
export const isYes = (code: number): boolean => code >= 200 && code < 300;

export const asLastReply = (reply: Reply): LastReply => ({
  code: reply.code,
  enhanced: reply.enhanced,
  text: textOf(reply).slice(0, 1_000).toWellFormed(),
});

const shape = /^([2-5][0-9]{2})(?:([ -])(.*))?$/;
const enhancedShape = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)/;

function build(lines: readonly string[]): Reply {
  const code = Number(lines[0]!.slice(0, 3));
  const texts = lines.map((line) => line.slice(4));
  const enhanced = enhancedShape.exec(texts[0] ?? '')?.[1] ?? null;
  const matches = enhanced !== null && enhanced[0] === String(code)[0];
  return {
    code,
    enhanced: matches ? enhanced : null,
    lines: matches ? texts.map((text) => text.replace(enhancedShape, '')) : texts,
  };
}

/**
 * Takes what comes in and gives whole replies.
 * @param cleanText the texts go through it before anything is built of them
 */
export function createReplyReader(cleanText: (text: string) => string = (text) => text): {
  /** The whole replies, also those before a fault. */
  feed(chunk: Buffer): Reply[];
  /** LineFault (protocol) for anything that is no reply; nothing more is read then. */
  fault(): LineFault | null;
  pending(): boolean;
} {
  let rest = '';
  let open: string[] = [];
  let fault: LineFault | null = null;
  const take = (raw: string): Reply | null => {
    const found = shape.exec(raw);
    if (!found) {
      throw new LineFault('protocol', `The server answered what is no SMTP reply: ${cleanText(raw).slice(0, 100)}`);
    }
    const line = `${raw.slice(0, 4)}${cleanText(raw.slice(4))}`;
    if (open.length > 0 && open[0]!.slice(0, 3) !== found[1]) {
      throw new LineFault('protocol', 'The server changed the code inside one reply.');
    }
    open.push(line);
    if (open.length > mostLines) throw new LineFault('protocol', 'The server sends a reply without end.');
    if (found[2] === '-') return null;
    const reply = build(open);
    open = [];
    return reply;
  };
  const tooLong = (): LineFault => new LineFault('protocol', 'The server sends a line without end.');
  const takeAll = (replies: Reply[]): void => {
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      // A bare LF ends a line too: in this direction there is nothing that could be smuggled.
      const line = rest.slice(0, end).replace(/\r$/, '');
      rest = rest.slice(end + 1);
      // Two replies without a line end between them would be read as one.
      if (end > longestLine) throw tooLong();
      if (line.includes('\r')) throw new LineFault('protocol', 'The server has a bare carriage return inside a line.');
      const reply = take(visibleLine(Buffer.from(line, 'latin1').toString('utf8')));
      if (reply) replies.push(reply);
    }
    if (rest.length > longestLine) throw tooLong();
  };
  return {
    feed(chunk) {
      const replies: Reply[] = [];
      if (fault) return replies;
      rest += chunk.toString('latin1');
      try {
        takeAll(replies);
      } catch (error) {
        fault = error as LineFault;
      }
      return replies;
    },
    fault: () => fault,
    pending: () => rest !== '' || open.length > 0,
  };
}
