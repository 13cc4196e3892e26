// What the replies of real servers mean. The texts are those that the providers publish or that their users quote.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmtpPhase } from './fault.ts';
import { judgeReply, readPause } from './replies.ts';
import { createReplyReader } from './reply.ts';

const judge = (phase: SmtpPhase, line: string) =>
  judgeReply(phase, createReplyReader().feed(Buffer.from(`${line}\r\n`))[0]!);

const cases: readonly [phase: SmtpPhase, line: string, blame: string, reason: string, permanent: boolean][] = [
  [
    'auth',
    '535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]',
    'transport',
    'authentication',
    false,
  ],
  [
    'auth',
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.',
    'transport',
    'authentication',
    false,
  ],
  [
    'mail',
    '550 5.7.30 Basic authentication is not supported for Client Submission.',
    'transport',
    'authentication',
    false,
  ],
  ['mail', '530 5.7.57 Client not authenticated to send mail.', 'transport', 'authentication', false],
  [
    'dot',
    '554 5.2.252 SendAsDenied; billing@acme.example not allowed to send as other@acme.example',
    'transport',
    'sender-refused',
    false,
  ],
  [
    'mail',
    '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    'transport',
    'sender-refused',
    false,
  ],
  ['rcpt', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain', 'transport', 'relaying-denied', false],
  ['rcpt', '554 5.7.1 <x@y.example>: Relay access denied', 'transport', 'relaying-denied', false],
  ['dot', '432 4.3.2 Concurrent connections limit exceeded.', 'transport', 'rate-limited', false],
  ['rcpt', '452 4.5.3 Too many recipients', 'transport', 'rate-limited', false],
  ['mail', '421 4.7.0 Temporary System Problem. Try again later.', 'transport', 'rate-limited', false],
  ['rcpt', '550 5.1.1 The email account that you tried to reach does not exist.', 'message', 'mailbox-unknown', true],
  ['rcpt', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found', 'message', 'mailbox-unknown', true],
  ['rcpt', '550 No such user here', 'message', 'mailbox-unknown', true],
  ['rcpt', '552 5.2.2 Mailbox full', 'message', 'mailbox-full', true],
  ['rcpt', '452 4.2.2 The email account is over quota', 'message', 'mailbox-full', false],
  ['rcpt', '450 4.2.0 <x@y.example>: Recipient address rejected: Greylisted', 'message', 'other', false],
  ['dot', '552 5.3.4 Message size exceeds fixed limit', 'message', 'too-large', true],
  ['dot', '554 5.7.1 Message rejected as spam', 'message', 'content-rejected', true],
];

for (const [phase, line, blame, reason, permanent] of cases) {
  test(`${phase}: ${line}`, () => {
    const judged = judge(phase, line);
    assert.deepEqual([judged.blame, judged.reason, judged.permanent], [blame, reason, permanent]);
    assert.ok(judged.text.includes(line.slice(4, 20)), 'the words of the server are kept');
  });
}

test('a pause that the server asks for is kept', () => {
  assert.equal(readPause('Greylisted, please try again in 5 minutes'), 300_000);
  assert.equal(readPause('Try again later'), undefined);
});
