// What the replies of real servers mean. The texts are those that the providers publish or that their users quote.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { splitNext } from '../../message/advice.ts';
import type { Reason } from '../../message/reasons.ts';
import type { Blame, FaultClass } from '../../message/transport.ts';
import type { SmtpPhase } from './fault.ts';
import { judgeReply, readPause } from './replies.ts';
import { createReplyReader } from './reply.ts';

const judge = (phase: SmtpPhase, line: string, preset: string | null = null, host = 'mail.acme.example') =>
  judgeReply(phase, createReplyReader().feed(Buffer.from(`${line}\r\n`))[0]!, { name: 'office', preset, host });

type Case = [
  phase: SmtpPhase,
  line: string,
  blame: Blame,
  fault: FaultClass,
  reason: Reason,
  /** Part of the next step. */
  next: RegExp,
];

const nothing = /^Nothing: it goes on by itself/;
const login = /outbox test office/;

const cases: Record<string, Case[]> = {
  office365: [
    [
      'dot',
      '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    [
      'dot',
      '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    [
      'auth',
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled',
      'transport',
      'auth',
      'authentication',
      /Set-CASMailbox/,
    ],
    [
      'auth',
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.',
      'transport',
      'auth',
      'authentication',
      /Set-CASMailbox/,
    ],
    [
      'auth',
      "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
      'transport',
      'auth',
      'authentication',
      /security defaults/,
    ],
    [
      'auth',
      '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.',
      'transport',
      'auth',
      'authentication',
      /sign-in log/,
    ],
    [
      'auth',
      '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.',
      'transport',
      'auth',
      'authentication',
      /OAuth/,
    ],
    [
      'auth',
      '535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]',
      'transport',
      'auth',
      'authentication',
      /object id of the enterprise application/,
    ],
    [
      'mail',
      '550 5.7.30 Basic authentication is not supported for Client Submission.',
      'transport',
      'auth',
      'authentication',
      /OAuth/,
    ],
    [
      'auth',
      '550 5.7.30 Basic authentication is not supported for Client Submission.',
      'transport',
      'auth',
      'authentication',
      /OAuth/,
    ],
    [
      'mail',
      '530 5.7.57 Client not authenticated to send (anonymous) mail',
      'transport',
      'auth',
      'authentication',
      /MX of your domain/,
    ],
    [
      'mail',
      '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
      'transport',
      'configuration',
      'sender-refused',
      /Send As/,
    ],
    [
      'dot',
      '554 5.2.252 SendAsDenied; billing@acme.example not allowed to send as other@acme.example',
      'transport',
      'configuration',
      'sender-refused',
      /Send As/,
    ],
    [
      'dot',
      '554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied',
      'transport',
      'configuration',
      'sender-refused',
      /Send As/,
    ],
    [
      'dot',
      '550 5.2.251 Sender throttled due to continuous mailbox full errors',
      'transport',
      'configuration',
      'sender-refused',
      /Mend the fault/,
    ],
    [
      'dot',
      '550 5.2.255 Sender throttled due to continuous invalid recipients errors',
      'transport',
      'configuration',
      'sender-refused',
      /Mend the fault/,
    ],
    [
      'dot',
      '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message',
      'transport',
      'quota',
      'rate-limited',
      nothing,
    ],
    [
      'dot',
      "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
      'transport',
      'quota',
      'rate-limited',
      nothing,
    ],
    ['dot', '554 5.2.2 submission quota exceeded', 'transport', 'quota', 'rate-limited', nothing],
    [
      'dot',
      '554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException',
      'transport',
      'configuration',
      'sender-full',
      /Sent Items/,
    ],
    ['rcpt', '554 5.2.2 recipient mailbox is over quota', 'message', 'permanent', 'mailbox-full', /another address/],
    [
      'mail',
      '550 5.7.705 Access denied, tenant has exceeded threshold',
      'transport',
      'quota',
      'rate-limited',
      /Get-LimitsEnforcementStatus/,
    ],
    [
      'rcpt',
      '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP',
      'transport',
      'quota',
      'rate-limited',
      /Get-LimitsEnforcementStatus/,
    ],
    [
      'dot',
      "550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit for external recipients",
      'transport',
      'quota',
      'rate-limited',
      /Get-LimitsEnforcementStatus/,
    ],
    [
      'rcpt',
      '550 5.7.64 TenantAttribution; Relay Access Denied',
      'transport',
      'configuration',
      'relaying-denied',
      /connector/,
    ],
    [
      'rcpt',
      '550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources',
      'transport',
      'configuration',
      'relaying-denied',
      /connector/,
    ],
    [
      'mail',
      '550 5.7.750 Client blocked from sending from unregistered domains',
      'transport',
      'configuration',
      'sender-refused',
      /registered/,
    ],
    [
      'dot',
      '550 5.7.236 quota of the onmicrosoft.com domain exceeded',
      'transport',
      'configuration',
      'sender-refused',
      /registered/,
    ],
    [
      'mail',
      '550 5.1.8 Access denied, bad outbound sender',
      'transport',
      'configuration',
      'sender-refused',
      /restricted entities/,
    ],
    ['mail', '421 4.7.66 TLS 1.0 and 1.1 are not supported.', 'transport', 'tls', 'tls', /minTls/],
    ['mail', '421 4.4.2 Connection dropped due to SocketError', 'transport', 'throttle', 'rate-limited', nothing],
    [
      'rcpt',
      '550 5.5.105 External sending is not supported for High Volume Email accounts',
      'transport',
      'configuration',
      'relaying-denied',
      /smtp\.office365\.com/,
    ],
    [
      'dot',
      '550 5.7.515 Access denied, sending domain ACME.EXAMPLE does not meet the required authentication level',
      'transport',
      'configuration',
      'sender-refused',
      /DMARC/,
    ],
  ],
  'microsoft365-connector': [
    [
      'rcpt',
      '451 4.7.500 Server busy. Please try again later from [203.0.113.7]. (AS77713)',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    [
      'mail',
      '451 4.7.650 The mail server has been temporarily rate limited due to IP reputation.',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    [
      'rcpt',
      '451 Access denied, please try again later. (AS/ S77714)',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    [
      'rcpt',
      '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found',
      'message',
      'permanent',
      'mailbox-unknown',
      /outbox resend ID --to/,
    ],
  ],
  'google-relay': [
    [
      'mail',
      '550 5.7.1 Invalid credentials for relay [203.0.113.7]. The IP address',
      'transport',
      'configuration',
      'relaying-denied',
      /set ehlo/,
    ],
    [
      'rcpt',
      '550 5.7.1 Daily SMTP relay limit exceeded for customer. For more information',
      'transport',
      'quota',
      'rate-limited',
      nothing,
    ],
    [
      'rcpt',
      '450 4.2.1 Peak SMTP relay limit exceeded for customer. This is a temporary error.',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    [
      'rcpt',
      '550 5.4.5 Daily SMTP relay limit exceeded for user. For more information',
      'transport',
      'quota',
      'rate-limited',
      nothing,
    ],
  ],
  'google-mailbox': [
    [
      'rcpt',
      '550 5.4.5 Daily user sending limit exceeded. For more information',
      'transport',
      'quota',
      'rate-limited',
      nothing,
    ],
    ['auth', '535 5.7.8 Username and Password not accepted.', 'transport', 'auth', 'authentication', /app password/],
    [
      'auth',
      '534 5.7.9 Application-specific password required.',
      'transport',
      'auth',
      'authentication',
      /app password/,
    ],
    [
      'auth',
      '534 5.7.14 Please log in via your web browser and then try again.',
      'transport',
      'auth',
      'authentication',
      /browser/,
    ],
    [
      'auth',
      '454 4.7.0 Too many login attempts, please try again later.',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    ['mail', '421 4.7.0 Try again later, closing connection.', 'transport', 'throttle', 'rate-limited', nothing],
    [
      'dot',
      '421 4.7.28 Our system has detected an unusual rate of mail',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    [
      'dot',
      '550 5.7.28 Our system has detected an unusual rate of mail',
      'transport',
      'throttle',
      'rate-limited',
      nothing,
    ],
    ...(['26', '27', '30', '32'] as const).flatMap((detail): Case[] => [
      [
        'dot',
        `550 5.7.${detail} This mail is unauthenticated`,
        'transport',
        'configuration',
        'sender-refused',
        /DMARC/,
      ],
      ['dot', `421 4.7.${detail} This mail is unauthenticated`, 'transport', 'throttle', 'sender-refused', /DMARC/],
    ]),
    ['dot', '550 5.7.29 This message was sent without TLS', 'transport', 'tls', 'tls', /tls: required/],
    [
      'dot',
      "552 5.2.3 Your message exceeded Google's message size limits.",
      'message',
      'permanent',
      'too-large',
      /smaller documents/,
    ],
    ['mail', '552 5.3.4 Message size exceeds limit', 'message', 'permanent', 'too-large', /smaller documents/],
    [
      'dot',
      '552 5.7.0 This message was blocked because of an illegal attachment',
      'message',
      'permanent',
      'content-rejected',
      /Look at the file/,
    ],
  ],
  ses: [
    ['dot', '454 Throttling failure: Maximum sending rate exceeded.', 'transport', 'throttle', 'rate-limited', nothing],
    ['dot', '454 Throttling failure: Daily message quota exceeded.', 'transport', 'quota', 'rate-limited', nothing],
    [
      'dot',
      '554 Message rejected: Email address is not verified. The following identities failed the check',
      'transport',
      'configuration',
      'sender-refused',
      /sandbox/,
    ],
    ['auth', '535 Authentication Credentials Invalid', 'transport', 'auth', 'authentication', /SMTP credentials/],
  ],
  smtp2go: [
    [
      'dot',
      '550 From header sender domain not verified',
      'transport',
      'configuration',
      'sender-refused',
      /Verified Senders/,
    ],
  ],
  'exchange-relay': [
    [
      'rcpt',
      '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
      'transport',
      'configuration',
      'relaying-denied',
      /Accept-Any-Recipient/,
    ],
    ['rcpt', '550 5.7.1 Unable to relay', 'transport', 'configuration', 'relaying-denied', /Accept-Any-Recipient/],
    ['mail', '530 5.7.1 Client was not authenticated', 'transport', 'auth', 'authentication', /anonymous users/],
    ['mail', '552 5.2.2 Mailbox full', 'transport', 'configuration', 'sender-full', /quota/],
    ['data', '552 5.2.2 Mailbox full', 'transport', 'configuration', 'sender-full', /quota/],
    ['dot', '554 5.2.2 sender mailbox full', 'transport', 'configuration', 'sender-full', /quota/],
    ['dot', '554 5.2.2 recipient over quota', 'message', 'permanent', 'mailbox-full', /another address/],
  ],
  'exchange-client': [
    [
      'mail',
      '421 4.4.2 Message submission rate for this client has exceeded the configured limit',
      'transport',
      'throttle',
      'rate-limited',
      /Set-ReceiveConnector/,
    ],
  ],
  iis: [
    [
      'rcpt',
      '550 5.7.1 Unable to relay for x@y.example',
      'transport',
      'configuration',
      'relaying-denied',
      /SMTP Virtual Server/,
    ],
    [
      'dot',
      '552 4.3.1 Session size exceeds fixed maximum session size',
      'transport',
      'throttle',
      'rate-limited',
      /new connection/,
    ],
    [
      'mail',
      '552 4.3.1 Message size exceeds fixed maximum message size',
      'message',
      'permanent',
      'too-large',
      /raise the message size/,
    ],
  ],
  // Nobody knows who answers there.
  '': [
    ['rcpt', '554 5.7.1 <x@y.example>: Relay access denied', 'transport', 'configuration', 'relaying-denied', login],
    ['rcpt', '452 4.5.3 Too many recipients', 'transport', 'throttle', 'rate-limited', nothing],
    ['mail', '421 4.7.0 Temporary System Problem. Try again later.', 'transport', 'throttle', 'rate-limited', nothing],
    ['greeting', '421 4.3.2 too busy', 'transport', 'throttle', 'rate-limited', /^Nothing/],
    ['greeting', '554 5.1.1 no such user', 'transport', 'connect', 'network', /blocked/],
    ['ehlo', '550 5.7.1 You are not welcome', 'transport', 'connect', 'network', /blocked/],
    ['starttls', '454 4.7.0 TLS not available', 'transport', 'tls', 'tls', login],
    ['auth', '454 4.7.0 Temporary authentication failure', 'transport', 'connect', 'authentication', nothing],
    ['mail', '451 4.3.0 Temporary lookup failure', 'transport', 'throttle', 'other', nothing],
    ['mail', '550 5.1.1 Nobody', 'transport', 'configuration', 'sender-refused', /outbox apply/],
    [
      'rcpt',
      '550 5.1.1 The email account that you tried to reach does not exist.',
      'message',
      'permanent',
      'mailbox-unknown',
      /outbox resend/,
    ],
    ['rcpt', '550 No such user here', 'message', 'permanent', 'mailbox-unknown', /outbox resend/],
    ['rcpt', '552 5.2.2 Mailbox full', 'message', 'permanent', 'mailbox-full', /another address/],
    ['dot', '552 5.2.2 Mailbox full', 'message', 'permanent', 'mailbox-full', /another address/],
    ['rcpt', '452 4.2.2 The email account is over quota', 'message', 'temporary', 'mailbox-full', /another address/],
    [
      'rcpt',
      '450 4.2.0 <x@y.example>: Recipient address rejected: Greylisted',
      'message',
      'temporary',
      'other',
      /^Nothing/,
    ],
    ['dot', '552 5.3.4 Message size exceeds fixed limit', 'message', 'permanent', 'too-large', /smaller/],
    ['dot', '554 5.7.1 Message rejected as spam', 'message', 'permanent', 'content-rejected', /outbox show/],
    ['dot', '554 5.6.0 Bad MIME', 'message', 'permanent', 'content-rejected', /outbox show/],
    // A recipient who takes no mail from us is one recipient, not our sender address.
    [
      'rcpt',
      '550 5.7.1 You are not allowed to send to this recipient',
      'message',
      'permanent',
      'blocked',
      /outbox show/,
    ],
    // The enhanced code holds where the two disagree.
    ['rcpt', '550 4.2.2 over quota', 'message', 'temporary', 'mailbox-full', /another address/],
    ['rcpt', '451 5.1.1 no such user', 'message', 'permanent', 'mailbox-unknown', /outbox resend/],
    ['data', '250 OK', 'transport', 'protocol', 'other', /dialogue/],
    // Words that only one provider uses count behind a tunnel too.
    [
      'auth',
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.',
      'transport',
      'auth',
      'authentication',
      /Set-CASMailbox/,
    ],
    ['dot', '454 Throttling failure: Daily message quota exceeded.', 'transport', 'quota', 'rate-limited', nothing],
  ],
};

for (const [preset, texts] of Object.entries(cases)) {
  suite(preset === '' ? 'without a preset' : preset, () => {
    for (const [phase, line, blame, fault, reason, next] of texts) {
      test(`${phase}: ${line}`, () => {
        const judged = judge(phase, line, preset === '' ? null : preset);
        assert.deepEqual([judged.blame, judged.fault, judged.reason], [blame, fault, reason]);
        assert.equal(judged.permanent, fault === 'permanent');
        const { matter, next: advice } = splitNext(judged.text);
        assert.ok(matter.includes(line.slice(0, 3)) && matter.includes(line.slice(-12)), "the server's words are kept");
        assert.match(advice ?? '', next);
      });
    }
  });
}

test('the host tells the provider where no preset does', () => {
  const line = '550 5.1.8 Access denied, bad outbound sender';
  assert.equal(judge('mail', line, null, 'smtp.office365.com').text, judge('mail', line, 'office365').text);
  assert.notEqual(judge('mail', line, null, 'mail.acme.example').text, judge('mail', line, 'office365').text);
});

test('the next step names the transport', () => {
  assert.match(judge('auth', '535 5.7.8 no').text, /→ .*outbox test office$/);
});

test('a pause that the server asks for is kept, and goes before the one that is known', () => {
  assert.equal(readPause('Greylisted, please try again in 5 minutes'), 300_000);
  assert.equal(readPause('Try again later'), undefined);
  assert.equal(judge('dot', '454 Throttling failure: Daily message quota exceeded.', 'ses').retryAfterMs, 3_600_000);
  assert.equal(
    judge('rcpt', '450 4.2.1 Peak SMTP relay limit exceeded, retry after 30 seconds', 'google-relay').retryAfterMs,
    30_000,
  );
});

test('before MAIL no code and no word puts the blame on a message', () => {
  for (const phase of ['greeting', 'ehlo', 'starttls', 'auth'] as const) {
    for (const texts of Object.entries(cases)) {
      for (const [, line] of texts[1]) {
        const judged = judge(phase, line, texts[0] === '' ? null : texts[0]);
        assert.deepEqual([judged.blame, judged.permanent], ['transport', false], `${phase}: ${line}`);
      }
    }
  }
});
