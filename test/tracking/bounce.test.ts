// Mails of every form, as their systems send them: what is read out of each.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { meanings } from '../../src/tracking/bounce/meanings.ts';
import { readBounce } from '../../src/tracking/bounce/read-bounce.ts';
import * as mails from '../support/bounce-mails.ts';

const read = (mail: string) => readBounce(Buffer.from(mail));
const id = 'invoice-100234@acme.example';

const failed = (address: string, status: string | null, reason: string, hard: boolean) => ({
  address,
  action: 'failed',
  status,
  reason,
  hard,
});

test('a report with a machine part: address, code, reason, the message and its envelope', () => {
  const mail = mails.statusReport(
    'Original-Recipient: rfc822;ap@customer.example\nFinal-Recipient: rfc822;a.p@hq.customer.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1\n no such user here',
    undefined,
    'Original-Envelope-Id: OBX-77\n',
  );
  assert.deepEqual(read(mail), {
    kind: 'bounce',
    recipients: [failed('ap@customer.example', '5.1.1', 'mailbox-unknown', true)],
    originalMessageId: id,
    originalEnvelopeId: 'OBX-77',
  });
});

test('several recipients of one report keep their own fate', () => {
  const mail = mails.statusReport(`Final-Recipient: rfc822; a@customer.example
Action: FAILED
Status: 5.2.2

Final-Recipient: rfc822; b@customer.example
Action: delivered
Status: 2.0.0`);
  const { kind, recipients } = read(mail);
  assert.equal(kind, 'bounce');
  assert.deepEqual(
    recipients.map(({ address, action, reason }) => [address, action, reason]),
    [
      ['a@customer.example', 'failed', 'mailbox-full'],
      ['b@customer.example', 'delivered', 'delivered'],
    ],
  );
});

test('delivered, relayed and expanded are no failures', () => {
  for (const action of ['delivered', 'relayed', 'expanded']) {
    const { kind, recipients } = read(
      mails.statusReport(`Final-Recipient: rfc822; a@customer.example\nAction: ${action}\nStatus: 2.1.5`),
    );
    assert.equal(kind, 'delivered');
    assert.deepEqual([recipients[0]!.action, recipients[0]!.reason, recipients[0]!.hard], [action, 'delivered', false]);
  }
});

test('a delay is a delay, whatever its cause', () => {
  const { kind, recipients } = read(
    mails.statusReport(
      'Final-Recipient: rfc822; a@customer.example\nAction: delayed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452 Mailbox full',
    ),
  );
  assert.equal(kind, 'delayed');
  assert.deepEqual([recipients[0]!.reason, recipients[0]!.hard], ['delayed', false]);
});

test('a status part in base64 is read too', () => {
  const fields = Buffer.from(
    'Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@customer.example\nAction: failed\nStatus: 5.1.1\n',
  );
  const mail = `From: postmaster@x.example\nSubject: Undeliverable\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n${fields.toString('base64')}\n--b--\n`;
  assert.deepEqual(read(mail).recipients, [failed('a@customer.example', '5.1.1', 'mailbox-unknown', true)]);
});

test('addresses outside ASCII, as they are and as RFC 6533 writes them in seven bits', () => {
  assert.deepEqual(read(mails.international).recipients, [
    failed('jörg@bücher.example', '5.1.1', 'mailbox-unknown', true),
  ]);
  assert.equal(read(mails.international).originalMessageId, id);
  const mail = mails.statusReport('Final-Recipient: utf-8; j\\x{F6}rg@customer.example\nAction: failed\nStatus: 5.1.1');
  assert.equal(read(mail).recipients[0]!.address, 'jörg@customer.example');
});

test('Exim: the list of the header, the words of the text', () => {
  assert.deepEqual(read(mails.exim), {
    kind: 'bounce',
    recipients: [failed('ap@customer.example', '5.1.1', 'mailbox-unknown', true)],
    originalMessageId: id,
    originalEnvelopeId: null,
  });
});

test('qmail: one paragraph for each recipient', () => {
  assert.deepEqual(read(mails.qmail).recipients, [
    failed('ap@customer.example', '5.2.2', 'mailbox-full', false),
    failed('ar@customer.example', '5.1.1', 'mailbox-unknown', true),
  ]);
});

test('Sendmail: a forwarded message was for the address that it came to', () => {
  assert.deepEqual(read(mails.sendmail).recipients, [failed('ap@customer.example', '5.1.2', 'domain-unknown', true)]);
});

test('Exchange in a foreign language and in HTML alone', () => {
  assert.deepEqual(read(mails.exchangeText), {
    kind: 'bounce',
    recipients: [failed('ap@customer.example', '5.1.10', 'mailbox-unknown', true)],
    originalMessageId: id,
    originalEnvelopeId: null,
  });
});

test('Gmail warns of a delay in words', () => {
  const { kind, recipients, originalMessageId } = read(mails.gmailDelay);
  assert.deepEqual(
    [kind, recipients[0]!.address, recipients[0]!.action, originalMessageId],
    ['delayed', 'ap@customer.example', 'delayed', id],
  );
});

test('Domino names the user that is not in its directory', () => {
  assert.deepEqual(read(mails.domino).recipients, [failed('ap@customer.example', null, 'mailbox-unknown', true)]);
});

test('a sender that is unknown to the other side is no unknown recipient', () => {
  const mail = mails.exim.replace(
    'after RCPT TO:<ap@customer.example>:\n    550 5.1.1 <ap@customer.example>: Recipient address rejected: User unknown',
    'after MAIL FROM:<billing@acme.example>:\n    550 User unknown',
  );
  assert.deepEqual(read(mail).recipients, [failed('ap@customer.example', null, 'blocked', false)]);
});

test('the name of a mailbox is not taken for a reason', () => {
  const fields = (address: string) =>
    `Final-Recipient: rfc822; ${address}\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 <${address}>: Quota exceeded`;
  for (const address of ['spam@customer.example', 'user-unknown@customer.example', 'blocked@relay-denied.example'])
    assert.equal(read(mails.statusReport(fields(address))).recipients[0]!.reason, 'mailbox-full');
});

test('a complaint names who complains', () => {
  const { kind, recipients, originalMessageId } = read(mails.complaint);
  assert.deepEqual([kind, recipients[0]!.address, originalMessageId], ['complaint', 'ap@customer.example', id]);
});

test('a report on failed authentication is no complaint', () => {
  assert.equal(read(mails.complaint.replace('Feedback-Type: abuse', 'Feedback-Type: auth-failure')).kind, 'none');
});

test('an automatic answer is no bounce, whatever it says', () => {
  const { kind, recipients, originalMessageId } = read(mails.away);
  assert.deepEqual([kind, recipients[0]!.address, originalMessageId], ['auto-reply', 'ap@customer.example', id]);
});

test('a read receipt is no delivery', () => {
  assert.deepEqual(read(mails.readReceipt), {
    kind: 'none',
    recipients: [],
    originalMessageId: id,
    originalEnvelopeId: null,
  });
});

test('a fax result names the number', () => {
  assert.deepEqual(read(mails.faxFailed).recipients, [failed('+14145550134', null, 'network', false)]);
  assert.equal(
    read(mails.faxFailed.replace('failed\n', 'completed\n').replace('failed because:', 'was completed successfully.'))
      .kind,
    'delivered',
  );
  assert.equal(read(mails.faxFailed.replace('failed\n', 'requeued\n')).kind, 'delayed');
});

test('a person who quotes or forwards a report has sent no report', () => {
  assert.equal(read(mails.ordinary).kind, 'none');
  const forwarded = `From: Yvonne <yvonne@acme.example>\nSubject: Fwd: Undelivered Mail\nContent-Type: multipart/mixed; boundary=w\n\n--w\n\nPlease look.\n--w\nContent-Type: message/rfc822\n\n${mails.everyForm['status']}\n--w--\n`;
  assert.equal(read(forwarded).kind, 'none');
});

test('a gateway that wraps a report is looked through', () => {
  const wrapped = `From: postmaster@gate.example\nSubject: Delivery Status Notification (Failure)\nContent-Type: multipart/mixed; boundary=w\n\n--w\n\nThis mail is confidential.\n--w\nContent-Type: message/rfc822\n\n${mails.everyForm['status']}\n--w--\n`;
  assert.deepEqual(read(wrapped), read(mails.everyForm['status']!));
});

test('the tagged address of a report names the recipient where the report does not', () => {
  const mail = `Return-Path: <>\nFrom: postmaster@customer.example\nTo: bounce+obx1+ap=customer.example@acme.example\nSubject: Nicht zustellbar\n\nIhre Nachricht konnte nicht zugestellt werden. Die Adresse existiert nicht mehr.\n`;
  assert.deepEqual(read(mail).recipients, [failed('ap@customer.example', null, 'mailbox-unknown', true)]);
});

test('a form that nobody knows: the recipient is whom the message went to, and is in the words', () => {
  const mail = `From: MAILER-DAEMON@customer.example
Subject: Returned mail
Content-Type: multipart/mixed; boundary=b

--b

The person <ar@customer.example> has left us. Write to postmaster@customer.example or help@customer.example.
--b
Content-Type: message/rfc822

Message-ID: <invoice-100234@acme.example>
To: ap@customer.example, ar@customer.example

--b--
`;
  assert.deepEqual(
    read(mail).recipients.map(({ address }) => address),
    ['ar@customer.example'],
  );
});

test('the fields of a machine part are read where its part is lost', () => {
  const mail = `From: MAILER-DAEMON@x.example
Subject: Delivery Status Notification (Failure)

An error occurred while trying to deliver the mail.

Reporting-MTA: dns; x.example
Original-Envelope-Id: OBX-77

Final-Recipient: rfc822; jörg@customer.example
Action: failed
Status: 5.2.2
`;
  const { recipients, originalEnvelopeId } = read(mail);
  assert.deepEqual(
    [recipients, originalEnvelopeId],
    [[failed('jörg@customer.example', '5.2.2', 'mailbox-full', false)], 'OBX-77'],
  );
});

test('a report that names nobody has one recipient without an address', () => {
  const { kind, recipients } = read(
    'From: MAILER-DAEMON@x.example\nReturn-Path: <>\nSubject: Returned mail\n\n<<< No Message Collected >>>\n',
  );
  assert.deepEqual([kind, recipients.length, recipients[0]!.address], ['bounce', 1, null]);
});

test('a report without an action tells it by its code', () => {
  const kindFor = (status: string): string =>
    read(mails.statusReport(`Final-Recipient: rfc822; a@customer.example\nStatus: ${status}`)).kind;
  assert.deepEqual([kindFor('2.1.5'), kindFor('5.1.1')], ['delivered', 'bounce']);
});

test('an action that RFC 3464 does not know is no action', () => {
  const fields = 'Final-Recipient: rfc822; a@customer.example\nAction: constructor\nStatus: 5.1.1';
  assert.deepEqual(read(mails.statusReport(fields)).recipients, [
    failed('a@customer.example', '5.1.1', 'mailbox-unknown', true),
  ]);
});

test('a success that is told in words is no failure', () => {
  const mail = `From: postmaster@customer.example
Subject: Delivery Status Notification (Relay)

This is an automatically generated Delivery Status Notification.

Your message has been successfully relayed to the following recipients, but the requested delivery status notifications may not be generated by the destination.

       ap@customer.example
`;
  const { kind, recipients } = read(mail);
  assert.deepEqual(
    [kind, recipients[0]!.address, recipients[0]!.reason],
    ['delivered', 'ap@customer.example', 'delivered'],
  );
});

test('a mail system that sends the message back without words that are known has not delivered it', () => {
  const mail = `Return-Path: <>
From: postmaster@customer.example
Subject: Ilmoitus
Content-Type: multipart/mixed; boundary=b

--b

Viestiä ei voitu toimittaa: ap@customer.example
--b
Content-Type: message/rfc822

Message-ID: <invoice-100234@acme.example>
To: ap@customer.example

--b--
`;
  assert.deepEqual(read(mail), {
    kind: 'bounce',
    recipients: [failed('ap@customer.example', null, 'other', false)],
    originalMessageId: id,
    originalEnvelopeId: null,
  });
});

test('a header shown as a text counts less than the message that is returned', () => {
  const mail = mails.everyForm['status']!.replace(
    '--=_r\nContent-Type: message/rfc822',
    '--=_r\nContent-Type: text/plain; name="header.txt"\n\nReceived: from x\nMessage-ID: <other@gate.example>\n\n--=_r\nContent-Type: message/rfc822',
  );
  assert.equal(read(mail).originalMessageId, id);
});

test('a fax that came to us, and a person who writes of one, are no results', () => {
  const came = 'From: Fax <fax@gw.example>\nSubject: New fax from +1 303 555 1212\n\nSuccessfully received.\n';
  const person =
    'From: ann@customer.example\nSubject: Your fax was not sent completely\n\nPage 2 is missing. Ann, Tel: +1 303 555 1212\n';
  assert.deepEqual([read(came).kind, read(person).kind], ['none', 'none']);
});

test('notices of Amazon SES that come by mail, with lines broken anywhere', () => {
  const notice = (kind: string, rest: object): string =>
    `From: SES <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message\n\n${JSON.stringify({ notificationType: kind, ...rest }).replace(/(.{60})/g, '$1\n ')}\n\n--\nTo stop these, click here.\n`;
  const bounce = {
    bouncedRecipients: [
      { emailAddress: 'a@customer.example', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
    ],
  };
  assert.deepEqual(read(notice('Bounce', { bounce })).recipients, [
    failed('a@customer.example', '5.1.1', 'mailbox-unknown', true),
  ]);
  const complaint = { complainedRecipients: [{ emailAddress: 'a@customer.example' }] };
  assert.equal(read(notice('Complaint', { complaint })).kind, 'complaint');
  const delivery = { recipients: ['a@customer.example'], smtpResponse: '250 2.6.0 accepted' };
  assert.deepEqual(read(notice('Delivery', { delivery })).recipients[0]!.status, '2.6.0');
});

for (const [name, mail] of Object.entries(mails.everyForm)) {
  test(`${name}: LF, CRLF and CR are one`, () => {
    assert.deepEqual(read(mail.replaceAll('\n', '\r\n')), read(mail));
    assert.deepEqual(read(mail.replaceAll('\n', '\r')), read(mail));
  });
}

test('the manual says what each reason means, in the words of the command', () => {
  const manual = readFileSync(join(import.meta.dirname, '../../docs/bounces.md'), 'utf8');
  for (const [reason, meaning] of Object.entries(meanings))
    assert.ok(manual.includes(`| \`${reason}\` | ${meaning}`), reason);
});
