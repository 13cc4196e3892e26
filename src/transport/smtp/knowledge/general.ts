// What replies mean whoever says them: RFC 5321, RFC 3463, RFC 4954, and the words of Postfix, Exim, Sendmail and others.
// The first that fits counts, so that what is special comes before what is general.
import { nextStep, type Reason, sentenceOf } from '../../../message/reasons.ts';
import { content, envelope, recipient, type ReplyRule } from './rule.ts';

/** The words of a reason, where a rule has none of its own. */
const plain = (reason: Reason): Pick<ReplyRule, 'reason' | 'meaning' | 'next'> => ({
  reason,
  meaning: sentenceOf(reason),
  next: nextStep(reason, 'ID', null),
});

const throttle = { blame: 'transport', fault: 'throttle', ...plain('rate-limited') } as const;
const auth = { blame: 'transport', fault: 'auth', ...plain('authentication') } as const;
const configuration = { blame: 'transport', fault: 'configuration' } as const;
const permanent = { blame: 'message', fault: 'permanent', class: 5 } as const;
const temporary = { blame: 'message', fault: 'temporary', class: 4 } as const;

const afterSender = ['rcpt', 'data', 'dot'] as const;

const greylisted =
  'The mail system does not know us yet, or is busy, and wants to be asked again (greylisting does that on purpose).';

const pace: readonly ReplyRule[] = [
  {
    at: envelope,
    blame: 'transport',
    fault: 'quota',
    ...plain('rate-limited'),
    pauseMinutes: 60,
    text: /submission ?quota|daily .*(?:limit|quota)|exceeded .*(?:quota of the day|daily|hourly)|sending (?:limit|quota) exceeded/i,
    meaning: 'The allowance of the day is used up.',
    example: '550 Daily sending quota exceeded',
    source: 'believed: the words of several providers',
  },
  {
    at: envelope,
    blame: 'transport',
    fault: 'quota',
    ...plain('rate-limited'),
    pauseMinutes: 60,
    enhanced: ['x.4.5'],
    meaning: 'The mail system is over its allowance: it can not take more until a window frees.',
    example: '451 4.4.5 Mail system congestion',
    source: 'RFC 3463 3.5',
  },
  {
    ...throttle,
    at: envelope,
    enhanced: ['x.5.3'],
    meaning: 'The mail system takes no more recipients over this connection.',
    example: '452 4.5.3 Error: too many recipients in this session',
    source: 'RFC 3463 3.6',
  },
  {
    ...throttle,
    text: /too many (?:messages|connections|recipients|mails|concurrent)|too much mail|rate limit|throttl|slow down|too frequent|exceeded .*rate/i,
    example: '421 4.7.0 mail.example Error: too many connections from 203.0.113.7',
    source: 'Postfix smtpd',
  },
  { ...throttle, enhanced: ['4.7.28'], example: '450 4.7.28 Unusual rate', source: 'RFC 3463 registry' },
  {
    ...throttle,
    enhanced: ['4.3.1', '4.3.2'],
    pauseMinutes: 5,
    meaning: 'The mail system has no room or takes nothing at the moment.',
    example: '452 4.3.1 Insufficient system storage',
    source: 'RFC 3463 3.4; Postfix smtpd',
  },
  {
    ...throttle,
    code: [421],
    meaning: 'The mail system ends the connection and takes no more for the moment.',
    next: 'Nothing: it goes on by itself. If not, its administrator knows why.',
    example: '421 mail.example Service not available, closing transmission channel',
    source: 'RFC 5321 3.8',
  },
];

const login: readonly ReplyRule[] = [
  {
    blame: 'transport',
    fault: 'tls',
    ...plain('tls'),
    text: /STARTTLS|must use TLS|TLS (?:is )?required|encryption (?:is )?required/i,
    class: 5,
    meaning: 'The mail system wants TLS first.',
    next: 'Set tls: required, then: outbox test TRANSPORT',
    example: '530 5.7.0 Must issue a STARTTLS command first',
    source: 'RFC 3207 4',
  },
  {
    ...auth,
    at: ['auth'],
    class: 4,
    // A login refused for the moment locks nobody out: it is tried again by itself.
    fault: 'connect',
    meaning: 'The mail system can not check the login for the moment.',
    next: 'Nothing: it goes on by itself.',
    example: '454 4.7.0 Temporary authentication failure',
    source: 'RFC 4954 6',
  },
  { ...auth, at: ['auth'], class: 5, example: '535 5.7.8 Authentication credentials invalid', source: 'RFC 4954 6' },
  { ...auth, code: [530, 534, 535, 538], example: '530 5.7.0 Authentication required', source: 'RFC 4954 6' },
  {
    ...auth,
    class: 5,
    enhanced: ['5.7.8-9', '5.7.30', '5.7.57', '5.7.139'],
    example: '550 5.7.8 Authentication credentials invalid',
    source: 'RFC 4954 6',
  },
  {
    ...auth,
    at: envelope,
    text: /authentication (?:is )?required|not authenticated|please authenticate/i,
    example: '550 5.7.1 Authentication required',
    source: 'believed: the words of several mail systems',
  },
];

const route: readonly ReplyRule[] = [
  {
    ...configuration,
    ...plain('relaying-denied'),
    at: envelope,
    text: /relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:permitted|allowed))|unable to relay|(?:not permitted|unauthorized) to relay|relay not permitted/i,
    example: '554 5.7.1 <x@y.example>: Relay access denied',
    source: 'Postfix smtpd',
  },
  {
    ...configuration,
    ...plain('sender-refused'),
    at: envelope,
    class: 5,
    text: /SendAsDenied|sender (?:address |domain )?(?:is )?(?:rejected|denied|not (?:allowed|verified|permitted|owned))|not (?:allowed|permitted|authori[sz]ed) to send|permissions to send as/i,
    example: '553 5.7.1 <other@acme.example>: Sender address rejected: not owned by user billing@acme.example',
    source: 'Postfix smtpd',
  },
  {
    ...configuration,
    ...plain('sender-refused'),
    at: envelope,
    class: 5,
    enhanced: ['5.7.60', '5.1.7', '5.1.8', '5.2.252', '5.7.26-27'],
    example: '550 5.1.8 <billing@acme.invalid>: Domain not found',
    source: 'RFC 3463 3.2; RFC 7372',
  },
  {
    ...throttle,
    ...plain('sender-refused'),
    at: envelope,
    enhanced: ['4.1.7', '4.1.8'],
    meaning: 'The mail system can not check our sender domain for the moment.',
    next: 'It goes on by itself. If not, look at the DNS of the sender domain.',
    example: '450 4.1.8 <billing@acme.example>: Sender address rejected: Domain not found',
    source: 'Postfix smtpd',
  },
  {
    ...configuration,
    ...plain('sender-full'),
    at: ['mail'],
    enhanced: ['x.2.2'],
    example: '552 5.2.2 Mailbox full',
    source: 'RFC 3463 3.3: at MAIL only our own mailbox is spoken of',
  },
];

const size: readonly ReplyRule[] = [
  {
    ...permanent,
    ...plain('too-large'),
    at: envelope,
    enhanced: ['5.3.4', '5.2.3'],
    example: '552 5.3.4 Message size exceeds fixed limit',
    source: 'RFC 1870 6; RFC 3463 3.3, 3.4',
  },
  {
    ...permanent,
    ...plain('too-large'),
    at: ['mail', ...content],
    code: [552],
    text: /size|large|long|big/i,
    example: '552 Message is too large',
    source: 'RFC 1870 6',
  },
  {
    ...permanent,
    ...plain('too-large'),
    at: ['mail'],
    code: [552],
    example: '552 requested mail action aborted: exceeded storage allocation',
    source: 'RFC 5321 4.2.3; RFC 1870 6',
  },
];

const beforeRecipient: readonly ReplyRule[] = [
  {
    ...configuration,
    ...plain('sender-refused'),
    at: ['mail'],
    class: 5,
    example: '550 5.7.1 Go away',
    source: 'RFC 5321 3.3: at MAIL nothing is known of the message but its sender',
  },
  {
    ...throttle,
    at: ['mail'],
    class: 4,
    reason: 'other',
    meaning: 'The mail system takes no message at the moment.',
    example: '451 4.3.0 Temporary lookup failure',
    source: 'RFC 5321 3.3: at MAIL nothing is known of the message but its sender',
  },
];

const recipients: readonly ReplyRule[] = [
  {
    ...permanent,
    ...plain('mailbox-full'),
    at: recipient,
    enhanced: ['5.2.2'],
    example: '554 5.2.2 Recipient mailbox is over quota',
    source: 'RFC 3463 3.3',
  },
  {
    ...temporary,
    ...plain('mailbox-full'),
    at: recipient,
    enhanced: ['4.2.2'],
    example: '452 4.2.2 The email account that you tried to reach is over quota',
    source: 'RFC 3463 3.3',
  },
  {
    ...permanent,
    ...plain('mailbox-full'),
    at: recipient,
    text: /(?:mailbox|quota|storage).*(?:full|exceeded|allocation)|over ?quota/i,
    example: '552 requested mail action aborted: exceeded storage allocation',
    source: 'RFC 5321 4.2.3',
  },
  {
    ...temporary,
    ...plain('mailbox-full'),
    at: recipient,
    text: /(?:mailbox|quota).*(?:full|exceeded)|over ?quota/i,
    example: '450 Mailbox full',
    source: 'RFC 5321 4.2.3',
  },
  {
    ...permanent,
    ...plain('mailbox-full'),
    at: ['rcpt'],
    code: [552],
    example: '552 No',
    source: 'RFC 5321 4.2.3',
  },
  {
    ...permanent,
    ...plain('mailbox-disabled'),
    at: recipient,
    enhanced: ['5.2.1'],
    example: '550 5.2.1 The email account that you tried to reach is disabled',
    source: 'RFC 3463 3.3',
  },
  {
    ...permanent,
    ...plain('domain-unknown'),
    at: recipient,
    enhanced: ['5.1.2', '5.4.4'],
    example: '550 5.1.2 Host unknown',
    source: 'RFC 3463 3.2, 3.5',
  },
  {
    ...permanent,
    ...plain('mailbox-unknown'),
    at: recipient,
    enhanced: ['5.1.*'],
    example: '550 5.1.1 The email account that you tried to reach does not exist.',
    source: 'RFC 3463 3.2',
  },
  {
    ...permanent,
    ...plain('blocked'),
    at: ['rcpt'],
    enhanced: ['5.7.*'],
    example: '554 5.7.1 Service unavailable; Client host [203.0.113.7] blocked using a list',
    source: 'RFC 3463 3.8',
  },
  {
    ...permanent,
    ...plain('mailbox-unknown'),
    at: ['rcpt'],
    code: [550, 551, 553],
    example: '550 No such user here',
    source: 'RFC 5321 4.2.3',
  },
];

const contents: readonly ReplyRule[] = [
  {
    ...permanent,
    ...plain('content-rejected'),
    at: content,
    enhanced: ['5.6.*', '5.7.*'],
    example: '554 5.7.1 Message rejected as spam',
    source: 'RFC 3463 3.7, 3.8',
  },
  {
    ...permanent,
    ...plain('content-rejected'),
    at: content,
    code: [550, 552, 554],
    example: '554 Transaction failed',
    source: 'RFC 5321 4.2.3',
  },
];

const rest: readonly ReplyRule[] = [
  {
    blame: 'transport',
    fault: 'tls',
    ...plain('tls'),
    at: ['starttls', 'tls'],
    example: '454 4.7.0 TLS not available due to temporary reason',
    source: 'RFC 3207 4',
  },
  {
    blame: 'transport',
    fault: 'connect',
    ...plain('network'),
    at: ['connect', 'greeting', 'ehlo', 'rset', 'quit'],
    meaning: 'The mail system does not welcome this machine.',
    next: 'Ask its administrator whether the address of this machine is blocked there, then: outbox test TRANSPORT',
    example: '554 5.3.2 No SMTP service here',
    source: 'RFC 5321 3.1',
  },
  {
    ...temporary,
    ...plain('other'),
    at: afterSender,
    meaning: greylisted,
    next: 'Nothing: it is tried again by itself.',
    example: '450 4.2.0 <x@y.example>: Recipient address rejected: Greylisted',
    source: 'RFC 5321 4.2.1; RFC 6647',
  },
  { ...permanent, ...plain('other'), at: afterSender, example: '555 Not like this', source: 'RFC 5321 4.2.1' },
];

export const general: readonly ReplyRule[] = [
  ...pace,
  ...login,
  ...route,
  ...size,
  ...beforeRecipient,
  ...recipients,
  ...contents,
  ...rest,
];
