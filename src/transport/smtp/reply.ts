// Replies of a server, read strictly: three digits, hyphen or blank, CRLF. RFC 5321 4.2, enhanced codes RFC 2034.
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

export const textOf = (reply: Reply): string => reply.lines.join(' ').trim();

export const asLastReply = (reply: Reply): LastReply => ({
  code: reply.code,
  enhanced: reply.enhanced,
  text: textOf(reply).slice(0, 1_000),
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

/** Takes what comes in and gives whole replies. @throws LineFault (protocol) for anything that is no reply */
export function createReplyReader(): { feed(chunk: Buffer): Reply[]; pending(): boolean } {
  let rest = '';
  let open: string[] = [];
  const take = (line: string): Reply | null => {
    const found = shape.exec(line);
    if (!found) throw new LineFault('protocol', `The server answered what is no SMTP reply: ${line.slice(0, 100)}`);
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
  return {
    feed(chunk) {
      rest += chunk.toString('latin1');
      const replies: Reply[] = [];
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        if (!line.endsWith('\r') || line.indexOf('\r') < line.length - 1) {
          throw new LineFault('protocol', 'The server ends a line with a bare line feed.');
        }
        const reply = take(Buffer.from(line.slice(0, -1), 'latin1').toString('utf8'));
        if (reply) replies.push(reply);
      }
      if (rest.length > longestLine) throw new LineFault('protocol', 'The server sends a line without end.');
      return replies;
    },
    pending: () => rest !== '' || open.length > 0,
  };
}
