// What a reply means: who is to blame, whether another try is worth it, and the words for the person. Pure.
import { withNext } from '../../message/advice.ts';
import type { Judgement } from '../../message/transport.ts';
import type { SmtpPhase } from './fault.ts';
import type { Origin } from './knowledge/families.ts';
import { findRule } from './knowledge/judge.ts';
import type { ReplyRule } from './knowledge/rule.ts';
import { type Reply, textOf } from './reply.ts';

const sentences: Partial<Record<SmtpPhase, string>> = {
  greeting: 'The mail system does not welcome us',
  ehlo: 'The mail system refuses our greeting',
  starttls: 'The mail system refuses TLS',
  auth: 'The mail system refuses the login',
  mail: 'The mail system refuses our sender address',
  rcpt: 'The mail system refuses the recipient',
  data: 'The mail system refuses to take the message',
  dot: 'The mail system refuses the message',
};

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** "try again in 5 minutes", "wait 30 seconds", "retry after 1 hour". */
export function readPause(text: string): number | undefined {
  const found = /(?:again|wait|retry|after|in)\D{0,20}?(\d{1,4})\s*(s(?:ec)|m(?:in)|h(?:our|r))/i.exec(text);
  return found ? Number(found[1]) * units[found[2]![0]!.toLowerCase()]! : undefined;
}

/** A server that says yes, or goes on asking, where neither fits. */
const outOfTurn: Pick<ReplyRule, 'blame' | 'fault' | 'reason' | 'meaning' | 'next' | 'pauseMinutes'> = {
  blame: 'transport',
  fault: 'protocol',
  reason: 'other',
  meaning: 'This does not answer what was said.',
  next: 'Read the dialogue: outbox test TRANSPORT',
};

/**
 * @param phase the step that was answered
 * @param origin the transport that heard it: its provider's own words are known
 */
export function judgeReply(phase: SmtpPhase, reply: Reply, origin: Origin): Judgement {
  const words = [reply.code, reply.enhanced, textOf(reply)].filter((part) => part !== null).join(' ');
  const rule = findRule(phase, reply, origin) ?? outOfTurn;
  const { blame, fault, reason, meaning, pauseMinutes } = rule;
  const next = rule.next.replaceAll('TRANSPORT', origin.name ?? 'TRANSPORT');
  const pause = readPause(textOf(reply)) ?? (pauseMinutes === undefined ? undefined : pauseMinutes * 60_000);
  return {
    blame,
    fault,
    permanent: fault === 'permanent',
    reason,
    text: withNext(`${sentences[phase] ?? 'The mail system says no'}: ${words} (${meaning})`, next),
    ...(pause === undefined ? {} : { retryAfterMs: pause }),
  };
}
