// What a fault of the line, or a refusal before the dot, means for the message: provably unsent, and somebody is to blame.
import { splitNext, withNext } from '../../message/advice.ts';
import type { Reason } from '../../message/reasons.ts';
import type { SmtpSettings } from '../../message/settings.ts';
import type { FaultClass, Outcome } from '../../message/transport.ts';
import { LineFault } from './fault.ts';
import { judgeReply } from './replies.ts';
import { asLastReply } from './reply.ts';
import { Rejected } from './session.ts';
import type { Transcript } from './transcript.ts';

const reasons: Partial<Record<FaultClass, Reason>> = { tls: 'tls', auth: 'authentication', configuration: 'authentication' };

export function outcomeOf(
  error: LineFault | Rejected,
  transcript: Transcript,
  settings: SmtpSettings,
): Extract<Outcome, { result: 'refused' }> {
  if (error instanceof Rejected) {
    const judged = judgeReply(error.phase, error.reply, settings);
    const own = error.advice;
    const text = own === null ? judged.text : withNext(splitNext(judged.text).matter, own);
    return { result: 'refused', ...judged, text, reply: asLastReply(error.reply), transcript: transcript.text() };
  }
  const { fault, message: text } = error;
  transcript.note(text);
  const reason = reasons[fault] ?? 'network';
  const blamed = { blame: 'transport', fault, permanent: false, reason, text, reply: null } as const;
  return { result: 'refused', ...blamed, transcript: transcript.text() };
}
