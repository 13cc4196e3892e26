// What Google answers: a mailbox at smtp.gmail.com, and the relay service.
import { content, envelope, type ReplyRule } from './rule.ts';

const auth = { at: ['auth'], blame: 'transport', fault: 'auth', reason: 'authentication' } as const;
const throttle = { blame: 'transport', fault: 'throttle', reason: 'rate-limited' } as const;
const quota = { at: envelope, blame: 'transport', fault: 'quota', reason: 'rate-limited', pauseMinutes: 60 } as const;
const message = { at: content, blame: 'message', fault: 'permanent' } as const;

const goesOn = 'Nothing: it goes on by itself.';
const thenTest = 'then: outbox test TRANSPORT';
const errors = 'support.google.com: SMTP errors and codes';
const relayErrors = 'support.google.com: SMTP relay service error messages';

const login: readonly ReplyRule[] = [
  {
    ...auth,
    enhanced: ['5.7.8'],
    meaning: 'User, app password or token is wrong; the ordinary password of an account is not taken.',
    next: `Make an app password (it needs 2-step verification), or use OAuth with the scope https://mail.google.com/, ${thenTest}`,
    example:
      '535 5.7.8 Username and Password not accepted. For more information, go to https://support.google.com/mail/?p=BadCredentials',
    source: errors,
  },
  {
    ...auth,
    enhanced: ['5.7.9'],
    meaning: 'The account asks for an app password.',
    next: `Make an app password in the Google account and set it as password, ${thenTest}`,
    example:
      '534 5.7.9 Application-specific password required. For more information, go to https://support.google.com/mail/?p=InvalidSecondFactor',
    source: errors,
  },
  {
    ...auth,
    enhanced: ['5.7.14'],
    meaning: 'Google wants a person to log in with a browser first.',
    next: `Log in to the account with a browser from this network and confirm that it was you, ${thenTest}`,
    example: '534 5.7.14 Please log in via your web browser and then try again.',
    source: errors,
  },
  {
    ...throttle,
    at: ['auth'],
    enhanced: ['4.7.0'],
    text: /too many login attempts/i,
    pauseMinutes: 15,
    meaning: 'Too many logins in a short time.',
    next: `${goesOn} If it happens often, look for another program that logs in with a wrong password.`,
    example: '454 4.7.0 Too many login attempts, please try again later.',
    source: errors,
  },
];

const limits: readonly ReplyRule[] = [
  {
    ...quota,
    enhanced: ['5.4.5'],
    unmistakable: true,
    text: /SMTP relay limit exceeded for user/i,
    meaning: 'This sender has reached 10,000 recipients in 24 hours at the relay service.',
    next: `${goesOn} To send more in a day, use a second sender address.`,
    example:
      '550 5.4.5 Daily SMTP relay limit exceeded for user. For more information on SMTP relay sending limits please contact your administrator.',
    source: relayErrors,
  },
  {
    ...quota,
    enhanced: ['5.4.5'],
    meaning: 'The account has sent as many messages as it may in 24 hours.',
    next: `${goesOn} Set limits.perDay to what the account may send, or use the relay service.`,
    example:
      '550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to https://support.google.com/a/answer/166852',
    source: errors,
  },
  {
    ...quota,
    enhanced: ['5.7.1'],
    unmistakable: true,
    text: /Daily SMTP relay limit exceeded/i,
    meaning: 'The whole organization has reached its limit of the day at the relay service.',
    next: `${goesOn} The administrator sees the limit of the organization at Google.`,
    example:
      '550 5.7.1 Daily SMTP relay limit exceeded for customer. For more information on SMTP relay sending limits please contact your administrator.',
    source: relayErrors,
  },
  {
    ...throttle,
    at: envelope,
    enhanced: ['4.2.1'],
    unmistakable: true,
    text: /Peak SMTP relay limit/i,
    pauseMinutes: 1,
    meaning: 'The organization sends too much at once through the relay service.',
    next: `${goesOn} If it happens often, lower limits.perMinute.`,
    example: '450 4.2.1 Peak SMTP relay limit exceeded for customer. This is a temporary error.',
    source: relayErrors,
  },
  {
    ...throttle,
    enhanced: ['x.7.28'],
    pauseMinutes: 10,
    meaning: 'Google sees an unusual rate of mail from this address or account.',
    next: `${goesOn} If it happens often, lower limits.perMinute; never let two installations send the same messages.`,
    example: '421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address.',
    source: 'sisimai, rhost/google',
  },
];

const domain: readonly ReplyRule[] = [
  {
    at: envelope,
    blame: 'transport',
    fault: 'configuration',
    reason: 'relaying-denied',
    enhanced: ['5.7.1'],
    unmistakable: true,
    text: /Invalid credentials for relay/i,
    meaning: 'The relay service does not know this machine, or the name in EHLO and the sender are not of your domain.',
    next: `Register the address of this machine in the Admin console, set ehlo to a name of your domain, ${thenTest}`,
    example: '550 5.7.1 Invalid credentials for relay [203.0.113.7]. The IP address you have registered does not match',
    source: relayErrors,
  },
  {
    at: envelope,
    blame: 'transport',
    fault: 'configuration',
    reason: 'sender-refused',
    class: 5,
    enhanced: ['x.7.26-27', 'x.7.30', 'x.7.32'],
    meaning: 'SPF, DKIM or DMARC of the sender domain are not as Google demands them.',
    next: `Have SPF and DKIM set up for the domain and a DMARC record published, ${thenTest}`,
    example: '550 5.7.26 This mail has been blocked because the sender is unauthenticated.',
    source: 'sisimai, rhost/google; Google email sender guidelines',
  },
  {
    at: envelope,
    ...throttle,
    reason: 'sender-refused',
    class: 4,
    enhanced: ['x.7.26-27', 'x.7.30', 'x.7.32'],
    pauseMinutes: 15,
    meaning: 'SPF, DKIM or DMARC of the sender domain are not as Google demands them: it slows our mail down.',
    next: `Have SPF and DKIM set up for the domain and a DMARC record published, ${thenTest}`,
    example: '421 4.7.26 This mail has been rate limited because it is unauthenticated.',
    source: 'sisimai, rhost/google; Google email sender guidelines',
  },
  {
    blame: 'transport',
    fault: 'tls',
    reason: 'tls',
    enhanced: ['x.7.29'],
    meaning: 'Google takes this mail over TLS only.',
    next: `Set tls: required on port 587, or tls: implicit on port 465, ${thenTest}`,
    example: '550 5.7.29 This message was sent without TLS encryption.',
    source: 'sisimai, rhost/google',
  },
  {
    ...throttle,
    code: [421],
    enhanced: ['4.7.0'],
    pauseMinutes: 5,
    meaning: 'Google takes no more from us for the moment.',
    next: goesOn,
    example: '421 4.7.0 Try again later, closing connection.',
    source: errors,
  },
];

const messages: readonly ReplyRule[] = [
  {
    ...message,
    reason: 'too-large',
    enhanced: ['5.2.3', '5.3.4'],
    meaning: 'Google takes 25 MB of attachments at most.',
    next: 'Send fewer or smaller documents at once, or by another channel.',
    example:
      "552 5.2.3 Your message exceeded Google's message size limits. Please visit https://support.google.com/mail/?p=MaxSizeError",
    source: errors,
  },
  {
    ...message,
    reason: 'content-rejected',
    code: [552],
    enhanced: ['5.7.0'],
    meaning: 'Google does not take this kind of attachment: a program, or a file with a password.',
    next: 'Look at the file. A PDF without a password is taken.',
    example: '552 5.7.0 This message was blocked because its content presents a potential security issue.',
    source: errors,
  },
];

export const google: readonly ReplyRule[] = [...login, ...limits, ...domain, ...messages];
