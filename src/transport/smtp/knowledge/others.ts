// What SendGrid, Mailgun, Postmark, SMTP2GO and the SMTP service of IIS answer, where it differs from what all say.
import { content, envelope, type ReplyRule } from './rule.ts';

const thenTest = 'then: outbox test TRANSPORT';
const auth = { at: ['auth'], blame: 'transport', fault: 'auth', reason: 'authentication' } as const;
const sender = { at: envelope, blame: 'transport', fault: 'configuration', reason: 'sender-refused' } as const;
const relaying = { at: envelope, blame: 'transport', fault: 'configuration', reason: 'relaying-denied' } as const;

export const sendgrid: readonly ReplyRule[] = [
  {
    blame: 'transport',
    fault: 'quota',
    reason: 'rate-limited',
    pauseMinutes: 60,
    unmistakable: true,
    text: /Maximum credits exceeded/i,
    meaning: 'The plan has no messages left for this month or day.',
    next: 'It goes on by itself when the plan is filled up again. Buy a larger one to be sooner.',
    example: '451 Authentication failed: Maximum credits exceeded',
    source: 'believed: reports of users',
  },
  {
    ...auth,
    code: [535],
    meaning: 'The key is wrong, or has no right to send.',
    next: `The user is the word apikey; the password is a key with the permission Mail Send, ${thenTest}`,
    example: '535 Authentication failed: Bad username / password',
    source: 'believed: reports of users',
  },
  {
    ...sender,
    unmistakable: true,
    text: /verified Sender Identity/i,
    meaning: 'The From address is of no sender that SendGrid has verified.',
    next: `Authenticate the domain, or verify the single sender, under Sender Authentication, ${thenTest}`,
    example:
      '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
    source: 'twilio.com/docs/sendgrid: SMTP errors and troubleshooting; chatwoot issue 2541',
  },
  {
    ...sender,
    fault: 'auth',
    reason: 'authentication',
    text: /Unauthenticated senders/i,
    meaning: 'No login was made.',
    next: `Set user: apikey and the key as password, ${thenTest}`,
    example: '550 Unauthenticated senders not allowed',
    source: 'sendgrid/docs issue 6473',
  },
];

export const mailgun: readonly ReplyRule[] = [
  {
    ...sender,
    unmistakable: true,
    text: /^Domain \S+ is not allowed to send|Sandbox subdomains/i,
    meaning: 'This domain may not send: it is a sandbox, is not verified, or the account is stopped.',
    next: `Add and verify your own domain at Mailgun, and use its SMTP credentials, ${thenTest}`,
    example:
      '421 Domain sandbox123.mailgun.org is not allowed to send: Sandbox subdomains are for test purposes only. Please add your own domain or add the address to authorized recipients in Account Settings.',
    source: 'swapmyvote issue 891',
  },
  {
    ...auth,
    class: 5,
    meaning: 'User or password is wrong: they belong to one sending domain, and to one region.',
    next: `Take the SMTP credentials of the sending domain; a domain in Europe needs host: smtp.eu.mailgun.org, ${thenTest}`,
    example: '535 5.7.8 Authentication failed',
    source: 'believed: reports of users',
  },
];

export const postmark: readonly ReplyRule[] = [
  {
    ...auth,
    class: 5,
    meaning: 'The server token is wrong, or SMTP is switched off for the server.',
    next: `Set the server token as user and as password, ${thenTest}`,
    example: '535 5.7.8 Authentication failed',
    source: 'believed: reports of users',
  },
  {
    ...sender,
    text: /Sender Signature/i,
    meaning: 'The From address is of no confirmed sender signature.',
    next: `Confirm the address or the domain under Sender Signatures, ${thenTest}`,
    example:
      "550 5.7.1 The 'From' address you supplied (billing@acme.example) is not a Sender Signature on your account.",
    source: 'believed: the same words as in the error codes of its API',
  },
  {
    at: envelope,
    class: 5,
    text: /marked as inactive|is suppressed/i,
    blame: 'message',
    fault: 'permanent',
    reason: 'suppressed',
    meaning: 'Postmark sends nothing to this address any more, because mail to it came back or was called spam.',
    next: 'Ask the customer for another address: outbox resend ID --to ADDRESS. Or reactivate this one at Postmark.',
    example: '550 5.7.1 You tried to send to a recipient that has been marked as inactive.',
    source: 'believed: the same words as in the error codes of its API',
  },
];

export const smtp2go: readonly ReplyRule[] = [
  {
    ...auth,
    code: [535],
    meaning: 'These are not the SMTP credentials: the login to the web pages is another one.',
    next: `Take user and password from Sending, SMTP Users, ${thenTest}`,
    example: '535 Incorrect authentication data',
    source: 'support.smtp2go.com: common sending errors',
  },
  {
    ...relaying,
    fault: 'auth',
    reason: 'authentication',
    text: /Relay access denied - please authenticate/i,
    meaning: 'No login was made, and SMTP2GO does not know the address of this machine.',
    next: `Set user and password, or add the address under IP Authentication, ${thenTest}`,
    example: '550 Relay access denied - please authenticate',
    source: 'support.smtp2go.com: common sending errors',
  },
  {
    ...sender,
    text: /sender domain not verified|not verified/i,
    meaning: 'The From address is of no verified sender.',
    next: `Verify the domain, or the single address, under Sending, Verified Senders, ${thenTest}`,
    example: '550 From header sender domain not verified (acme.example)',
    source: 'support.smtp2go.com: common sending errors',
  },
];

export const iis: readonly ReplyRule[] = [
  {
    ...relaying,
    text: /unable to relay/i,
    meaning: 'IIS does not let this machine send to addresses outside.',
    next: `SMTP Virtual Server, Access, Relay: add the address of this machine, ${thenTest}`,
    example: '550 5.7.1 Unable to relay for ap@abf.example',
    source: 'learn.microsoft.com: IIS SMTP; KB 303759',
  },
  {
    at: envelope,
    code: [552],
    text: /session size/i,
    blame: 'transport',
    fault: 'throttle',
    reason: 'rate-limited',
    meaning: 'Over this one connection IIS takes no more bytes.',
    next: 'It goes on by itself over a new connection. Lower limits.bytesPerConnection, or raise the session size in IIS.',
    example: '552 4.3.1 Session size exceeds fixed maximum session size',
    source: 'believed: reports of users',
  },
  {
    at: content.concat('mail'),
    code: [552],
    text: /message size/i,
    blame: 'message',
    fault: 'permanent',
    reason: 'too-large',
    meaning: 'The message is larger than IIS takes: 2 MB unless raised.',
    next: 'SMTP Virtual Server, Messages: raise the message size and the session size, then: outbox resend ID',
    example: '552 4.3.1 Message size exceeds fixed maximum message size',
    source: 'believed: reports of users',
  },
];
