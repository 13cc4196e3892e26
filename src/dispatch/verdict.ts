// What an outcome means: the trigger of the status machine, the next try, and whether the transport's breaker opens. Pure.
import type { AttemptResult, Message } from '../message/message.ts';
import { sentenceOf, type Reason } from '../message/reasons.ts';
import type { FaultClass, Outcome } from '../message/transport.ts';
import type { TransportFault } from './breaker.ts';
import { planNextTry } from './retry-plan.ts';

export interface Verdict {
  trigger: 'accept' | 'put-back' | 'refuse' | 'lose-sight' | 'hold';
  result: AttemptResult;
  text: string;
  reason: Reason | null;
  tries: number;
  dueAt: number | null;
  /** The transport is to blame. */
  fault: TransportFault | null;
  /** Nothing was said of the message: it does not count against the allowance. */
  credit?: boolean;
}

type Refused = Extract<Outcome, { result: 'refused' }>;

/** Faults that come before a message is spoken of. */
const beforeMessage: readonly FaultClass[] = ['connect', 'tls', 'auth', 'configuration', 'protocol'];

const blameTransport = (message: Message, outcome: Refused, now: number): Verdict => ({
  trigger: 'put-back',
  result: 'put-back',
  text: outcome.text,
  reason: outcome.reason,
  tries: message.tries,
  dueAt: now,
  credit: beforeMessage.includes(outcome.fault),
  fault: {
    fault: outcome.fault,
    reason: outcome.reason,
    text: outcome.text,
    retryAfterMs: outcome.retryAfterMs,
    reply: outcome.reply,
  },
});

function blameMessage(message: Message, outcome: Refused, now: number, random: number): Verdict {
  const tries = message.tries + 1;
  const base = { text: outcome.text, tries, fault: null };
  if (outcome.permanent) return { ...base, trigger: 'refuse', result: 'refused', reason: outcome.reason, dueAt: null };
  const next = planNextTry({
    channel: message.channel,
    tries,
    queuedAt: message.queuedAt ?? message.createdAt,
    now,
    random,
    retryAfterMs: outcome.retryAfterMs,
  });
  if (next.again)
    return { ...base, trigger: 'put-back', result: 'put-back', reason: outcome.reason, dueAt: next.dueAt };
  const text = `${sentenceOf(next.reason)} The last answer: ${outcome.text}`;
  return { ...base, text, trigger: 'refuse', result: 'refused', reason: next.reason, dueAt: null };
}

/** @param random between 0 and 1 */
export function judge(message: Message, outcome: Outcome, now: number, random: number): Verdict {
  if (outcome.result === 'accepted') {
    const text = outcome.reply?.text ?? 'Accepted.';
    return {
      trigger: 'accept',
      result: 'accepted',
      text,
      reason: null,
      tries: message.tries + 1,
      dueAt: null,
      fault: null,
    };
  }
  if (outcome.result === 'uncertain') {
    const { text } = outcome;
    const tries = message.tries + 1;
    return {
      trigger: 'lose-sight',
      result: 'uncertain',
      text,
      reason: 'dropped-connection',
      tries,
      dueAt: null,
      fault: null,
    };
  }
  return outcome.blame === 'transport'
    ? blameTransport(message, outcome, now)
    : blameMessage(message, outcome, now, random);
}

/** After a fault of our own program. */
const bugPauseMs = 5 * 60_000;
/** So often our own program may fail at one message. */
const mostBugs = 3;

/** The program, not the other side, is at fault: kept like any other outcome, so that nothing is left under way. */
export function judgeOwnFault(message: Message, words: string, committed: boolean, now: number): Verdict {
  const tries = message.tries + 1;
  const base = { text: `Outbox itself failed: ${words}`, tries, fault: null, dueAt: null } as const;
  if (committed) return { ...base, trigger: 'lose-sight', result: 'uncertain', reason: 'dropped-connection' };
  if (tries >= mostBugs) return { ...base, trigger: 'hold', result: 'interrupted', reason: 'poison' };
  return { ...base, trigger: 'put-back', result: 'interrupted', reason: 'other', dueAt: now + bugPauseMs };
}
