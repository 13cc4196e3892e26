// A refusal on its way up, and the outcome that it becomes.
import type { Reason } from '../../message/reasons.ts';
import type { Judgement, Outcome } from '../../message/transport.ts';
import { type Answer, wordsOfAnswer } from './answer.ts';
import { NoAnswer, NoToken } from './client.ts';
import { judgeAnswer, type Step } from './judge-answer.ts';

/** Graph answered, and not with what was asked for. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly step: Step;
  readonly answer: Answer;
  constructor(step: Step, answer: Answer) {
    super(wordsOfAnswer(answer));
    this.step = step;
    this.answer = answer;
  }
}

/** Only the very code that is documented is a yes. @throws Refusal */
export function expectStatus(step: Step, answer: Answer, ...wanted: number[]): Answer {
  if (wanted.includes(answer.status)) return answer;
  throw new Refusal(step, answer);
}

const ofTransport = (fault: Judgement['fault'], reason: Reason, text: string): Judgement => ({
  blame: 'transport',
  fault,
  permanent: false,
  reason,
  text,
});

/** @throws what is neither a refusal nor a fault of line or token: a bug, or the commit */
export function judgeError(error: unknown, user: string): Judgement {
  if (error instanceof Refusal) return judgeAnswer(error.step, error.answer, user);
  if (error instanceof NoToken) {
    const { fault, reason, text, retryAfterMs } = error.trouble;
    return { ...ofTransport(fault, reason, text), ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  }
  if (error instanceof NoAnswer && error.isTls) return ofTransport('tls', 'tls', error.message);
  if (error instanceof NoAnswer) return ofTransport('connect', 'network', error.message);
  throw error;
}

/** @throws as `judgeError` */
export function outcomeOf(error: unknown, user: string, transcript: string): Outcome {
  const judged = judgeError(error, user);
  const reply = error instanceof Refusal ? { code: error.answer.status, enhanced: null, text: error.message } : null;
  return { result: 'refused', ...judged, reply, transcript };
}
