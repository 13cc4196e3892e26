// Replies to one message whoever says them: its size, its recipient, its content; and what nothing else explains.
import { configuration, plain, throttle } from './plain.ts';
import { content, envelope, recipient, type ReplyRule } from './rule.ts';

const permanent = { blame: 'message', fault: 'permanent', class: 5 } as const;
const temporary = { blame: 'message', fault: 'temporary', class: 4 } as const;

const afterSender = ['rcpt', 'data', 'dot'] as const;

const greylisted =
  'The mail system does not know us yet, or is busy, and wants to be asked again (greylisting does that on purpose).';

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

export const ofMessage: readonly ReplyRule[] = [...size, ...beforeRecipient, ...recipients, ...contents, ...rest];
