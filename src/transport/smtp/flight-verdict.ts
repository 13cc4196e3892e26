// What the answers to a message that was said in one flight mean: RSET, MAIL, RCPT, and BDAT LAST with all of its octets. Pure.
import type { SmtpPhase } from './fault.ts';
import { isYes, type Reply, textOf } from './reply.ts';

export interface Heard {
  /** In the order of the commands; fewer where the line ended before. */
  replies: readonly Reply[];
  /** How the line ended; null while it stands. */
  end: { text: string; byServer: boolean } | null;
  /** A message before had said 421: the server takes nothing more (RFC 5321 3.8). */
  isClosing: boolean;
  /** Words of the server's yes to what comes before a content; null while nothing can be out of step. */
  known: ReadonlySet<string> | null;
}

export type FlightVerdict =
  | { is: 'accepted'; reply: Reply }
  | { is: 'refused'; phase: SmtpPhase; reply: Reply }
  /** Provably not taken, and nobody is to blame. */
  | { is: 'unsent' }
  | { is: 'uncertain'; text: string; reply: Reply | null };

const phases = ['rset', 'mail', 'rcpt', 'dot'] as const;
const contentAt = phases.length - 1;

/** Without addresses, which some servers repeat. */
export const plainWords = ({ code, enhanced, lines }: Reply): string =>
  [code, enhanced ?? '', ...lines].join(' ').replaceAll(/<[^>]*>|\S+@\S+/g, '');

/** The words of the server's yes before a content. */
export const envelopeWords = (replies: readonly Reply[]): ReadonlySet<string> =>
  new Set(replies.slice(0, contentAt).map(plainWords));

/** The first of the envelope that is no yes. */
function refusalOf(replies: readonly Reply[]): { phase: SmtpPhase; reply: Reply } | null {
  const at = replies.slice(0, contentAt).findIndex(({ code }) => !isYes(code));
  return at < 0 ? null : { phase: phases[at]!, reply: replies[at]! };
}

const uncertain = (text: string, reply: Reply | null = null): FlightVerdict => ({
  is: 'uncertain',
  text: `The message was handed over, and ${text}`,
  reply,
});

/** The line ended before the answer to the content. */
function judgePart({ replies, end, isClosing }: Heard): FlightVerdict {
  const refusal = refusalOf(replies);
  const isOver = end?.byServer === true;
  if (refusal && refusal.reply.code >= 400) {
    // Without sender or recipient there is nobody to deliver to; after 421 and the end of the line nothing more was taken.
    const isSure = refusal.phase !== 'rset' || (refusal.reply.code === 421 && isOver);
    if (isSure) return { is: 'refused', ...refusal };
  }
  if (isClosing && isOver && !refusal) return { is: 'unsent' };
  return uncertain(`then: ${end?.text ?? ''}`);
}

/** A server that says yes to a content whose sender or recipient it refused is out of step, or has lost its senses. */
function judgeYes({ replies, known }: Heard, reply: Reply): FlightVerdict {
  const said = `${reply.code} ${textOf(reply)}`;
  if (refusalOf(replies)) return uncertain(`it was refused before and accepted then: ${said}`, reply);
  if (known?.has(plainWords(reply))) return uncertain(`the answer belongs to something else: ${said}`, reply);
  return { is: 'accepted', reply };
}

export function judgeFlight(heard: Heard): FlightVerdict {
  const reply = heard.replies[contentAt];
  if (!reply) return judgePart(heard);
  if (isYes(reply.code)) return judgeYes(heard, reply);
  if (reply.code < 400) return uncertain(`the answer means neither yes nor no: ${reply.code} ${textOf(reply)}`, reply);
  const refusal = refusalOf(heard.replies);
  return { is: 'refused', ...(refusal && refusal.phase !== 'rset' ? refusal : { phase: 'dot', reply }) };
}
