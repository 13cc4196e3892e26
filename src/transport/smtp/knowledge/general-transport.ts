// Replies that blame the transport whoever says them: pace, login, relaying, our sender address.
import { configuration, plain, throttle } from './plain.ts';
import { envelope, type ReplyRule } from './rule.ts';

const auth = { blame: 'transport', fault: 'auth', ...plain('authentication') } as const;

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
    text: /too many (?:messages|connections|recipients|mails|concurrent)|too much mail|rate limit|throttl|slow down|too frequent|exceeded .*\brate\b/i,
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
    text: /SendAsDenied|sender (?:address |domain )?(?:is )?(?:rejected|denied|not (?:allowed|verified|permitted|owned))|not (?:allowed|permitted|authori[sz]ed) to send (?:as|from|on behalf)|permissions? to send as/i,
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

export const ofTransport: readonly ReplyRule[] = [...pace, ...login, ...route];
