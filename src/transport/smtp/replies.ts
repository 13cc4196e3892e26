// What a reply means: who is to blame, whether another try is worth it, and the words for the person. Pure.
import type { Reason } from '../../message/reasons.ts';
import type { Blame, FaultClass } from '../../message/transport.ts';
import type { SmtpPhase } from './fault.ts';
import { type Reply, textOf } from './reply.ts';

export interface Judgement {
  blame: Blame;
  fault: FaultClass;
  permanent: boolean;
  reason: Reason;
  text: string;
  retryAfterMs?: number;
}

interface Rule {
  /** Any phase when left out. */
  phases?: readonly SmtpPhase[];
  /** Against "code enhanced text". */
  match: RegExp;
  blame: Blame;
  fault: FaultClass;
  reason: Reason;
}

const envelope: readonly SmtpPhase[] = ['mail', 'rcpt', 'data', 'dot'];
const content: readonly SmtpPhase[] = ['data', 'dot'];

const transport = (fault: FaultClass, reason: Reason, match: RegExp, phases?: readonly SmtpPhase[]): Rule => ({
  ...(phases ? { phases } : {}),
  match,
  blame: 'transport',
  fault,
  reason,
});
const message = (reason: Reason, match: RegExp, phases: readonly SmtpPhase[] = envelope): Rule => ({
  phases,
  match,
  blame: 'message',
  fault: match.source.startsWith('^5') ? 'permanent' : 'temporary',
  reason,
});

/** The first that matches decides. The enhanced code (RFC 3463) says more than the basic one; texts are those of real servers. */
const rules: readonly Rule[] = [
  transport('throttle', 'rate-limited', /^421/),
  transport(
    'quota',
    'rate-limited',
    /SubmissionQuota|daily (?:user )?sending (?:limit|quota)|exceeded .*(?:quota|daily)|^[45]50 5\.4\.5/i,
    envelope,
  ),
  transport(
    'throttle',
    'rate-limited',
    /too many (?:messages|connections|recipients|mails)|rate limit|throttl|slow down|^4\d\d 4\.7\.28|^452 4\.5\.3|^4\d\d 4\.3\.2/i,
  ),
  transport(
    'auth',
    'authentication',
    /^53[045]|^538|^5\d\d 5\.7\.(?:30|57|139|8|9)\b|authentication required|not authenticated/i,
  ),
  transport(
    'configuration',
    'relaying-denied',
    /relay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed))|unable to relay|not permitted to relay|^5\d\d 5\.7\.(?:64|54)\b/i,
    envelope,
  ),
  transport(
    'configuration',
    'sender-refused',
    /SendAsDenied|sender (?:address )?(?:rejected|not (?:allowed|verified))|^5\d\d 5\.(?:7\.60|1\.7|1\.8)\b/i,
    envelope,
  ),
  message('too-large', /^552(?! 5\.2)|^5\d\d 5\.(?:3\.4|2\.3)\b/),
  transport('configuration', 'sender-refused', /^5/, ['mail']),
  message('mailbox-full', /^5\d\d 5\.2\.2\b|^552\b|(?:mailbox|quota).*(?:full|exceeded)/i, ['rcpt', 'dot']),
  message('mailbox-disabled', /^5\d\d 5\.2\.1\b/, ['rcpt', 'dot']),
  message('domain-unknown', /^5\d\d 5\.(?:1\.2|4\.4)\b/, ['rcpt', 'dot']),
  message('mailbox-unknown', /^5\d\d 5\.1\.(?:0|1|3|6|10)\b/, ['rcpt', 'dot']),
  message('blocked', /^5\d\d 5\.7\./, ['rcpt']),
  message('content-rejected', /^5\d\d 5\.(?:6|7)\./, content),
  message('mailbox-unknown', /^55[013]/, ['rcpt']),
  message('content-rejected', /^55[04]/, content),
  message('mailbox-full', /^4\d\d 4\.2\.2\b/),
  message('other', /^5/),
  message('other', /^4/),
];

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

/** Before MAIL nothing has been said of any message: only the transport can be at fault. */
const beforeMail = (phase: SmtpPhase): Pick<Judgement, 'fault' | 'reason'> => {
  if (phase === 'auth') return { fault: 'auth', reason: 'authentication' };
  if (phase === 'starttls' || phase === 'tls') return { fault: 'tls', reason: 'tls' };
  return { fault: 'connect', reason: 'network' };
};

export function judgeReply(phase: SmtpPhase, reply: Reply): Judgement {
  const words = [reply.code, reply.enhanced, textOf(reply)].filter((part) => part !== null).join(' ');
  const text = `${sentences[phase] ?? 'The mail system says no'}: ${words}`;
  const pause = readPause(textOf(reply));
  const base = { text, ...(pause === undefined ? {} : { retryAfterMs: pause }) };
  const permanent = reply.code >= 500;
  const rule = rules.find(({ phases, match }) => (!phases || phases.includes(phase)) && match.test(words));
  if (!envelope.includes(phase)) {
    // A login refused for the moment (454, RFC 4954 6) locks nobody out: try again by itself.
    if (phase === 'auth' && !permanent)
      return { ...base, blame: 'transport', fault: 'connect', permanent: false, reason: 'authentication' };
    const found = rule?.blame === 'transport' ? rule : beforeMail(phase);
    return { ...base, blame: 'transport', permanent: false, fault: found.fault, reason: found.reason };
  }
  if (!rule) return { ...base, blame: 'transport', fault: 'protocol', permanent: false, reason: 'other' };
  const fault = rule.blame === 'transport' ? rule.fault : permanent ? 'permanent' : 'temporary';
  return { ...base, blame: rule.blame, fault, permanent: permanent && rule.blame === 'message', reason: rule.reason };
}
