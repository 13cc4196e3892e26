// Mails that came back, of our own making, in the forms of the systems that send them.

const original = `Return-Path: <billing@acme.example>
Received: from app.acme.example (app.acme.example [192.0.2.10])
	by mx.acme.example with ESMTPS id 1
Message-ID: <invoice-100234@acme.example>
From: Acme Petroleum <billing@acme.example>
To: ap@customer.example
Subject: Invoice 100234
`;

const head = (from: string, subject: string, more = ''): string => `Return-Path: <>
From: ${from}
To: billing@acme.example
Subject: ${subject}
Date: Tue, 1 Dec 2026 09:13:01 +0000
Message-ID: <report-1@mx.acme.example>
${more}`;

/** A report with a machine part (RFC 3464). */
export const statusReport = (fields: string, words = 'Your message could not be delivered.', perMessage = ''): string =>
  `${head('Mail Delivery System <MAILER-DAEMON@mx.acme.example>', 'Undelivered Mail Returned to Sender', 'Auto-Submitted: auto-replied\n')}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"

--=_r
Content-Type: text/plain; charset=utf-8

${words}

--=_r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
${perMessage}
${fields}

--=_r
Content-Type: message/rfc822

${original}
Please find invoice 100234 attached.
--=_r--
`;

export const international = `${head('MAILER-DAEMON@mx.acme.example', 'Undelivered Mail')}MIME-Version: 1.0
Content-Type: multipart/report; report-type=global-delivery-status; boundary=g

--g
Content-Type: text/plain; charset=utf-8

<jörg@bücher.example>: no such user
--g
Content-Type: message/global-delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: utf-8; jörg@bücher.example
Action: failed
Status: 5.1.1
--g
Content-Type: message/global-headers

Message-ID: <invoice-100234@acme.example>
--g--
`;

export const exim = `${head('Mail Delivery System <Mailer-Daemon@mx.acme.example>', 'Mail delivery failed: returning message to sender', 'X-Failed-Recipients: ap@customer.example\n')}
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ap@customer.example
    host mx.customer.example [198.51.100.7]
    SMTP error from remote mail server after RCPT TO:<ap@customer.example>:
    550 5.1.1 <ap@customer.example>: Recipient address rejected: User unknown

------ This is a copy of the message, including all the headers. ------

${original}
`;

export const qmail = `${head('MAILER-DAEMON@mx.customer.example', 'failure notice')}
Hi. This is the qmail-send program at mx.customer.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ap@customer.example>:
user is over quota (#5.2.2)

<ar@customer.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

${original}
`;

export const sendmail = `${head('Mail Delivery Subsystem <MAILER-DAEMON@mx.acme.example>', 'Returned mail: see transcript for details')}
The original message was received at Tue, 1 Dec 2026 09:12:00 GMT
from app.acme.example [192.0.2.10]

   ----- The following addresses had permanent fatal errors -----
<ap@nowhere.example>
    (reason: 550 Host unknown)
    (expanded from: <ap@customer.example>)

   ----- Transcript of session follows -----
550 5.1.2 <ap@nowhere.example>... Host unknown (Name server: nowhere.example: host not found)

   ----- Original message -----

${original}
`;

export const exchangeText = `${head('Microsoft Outlook <postmaster@customer.example>', 'Unzustellbar: Invoice 100234', 'X-MS-Exchange-Message-Is-Ndr:\nIn-Reply-To: <invoice-100234@acme.example>\n')}Content-Type: text/html; charset=utf-8

<html><body><p>Fehler bei der Nachrichtenzustellung an folgende Empf&auml;nger oder Gruppen:</p>
<p>ap@customer.example</p><p>Diagnoseinformationen f&uuml;r Administratoren:</p>
<p>ap@customer.example<br>Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'</p>
</body></html>
`;

export const gmailDelay = `${head('Mail Delivery Subsystem <mailer-daemon@googlemail.com>', 'Delivery Status Notification (Delay)')}
This is an automatically generated Delivery Status Notification

THIS IS A WARNING MESSAGE ONLY.

Delivery to the following recipient has been delayed:

     ap@customer.example

Message will be retried for 2 more day(s)

   ----- Original message -----

${original}
`;

export const domino = `${head('Postmaster@customer.example', 'DELIVERY FAILURE: User ap (ap@customer.example) not listed in Domino Directory')}
Your message

  Subject: Invoice 100234

was not delivered to:

  ap@customer.example

because:

  User ap (ap@customer.example) not listed in Domino Directory
`;

export const complaint = `${head('Abuse <fbl@provider.example>', 'FW: Invoice 100234')}MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=f

--f

This is an abuse report.
--f
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Rcpt-To: ap@customer.example

--f
Content-Type: message/rfc822

${original}
--f--
`;

export const away = `${head('Ann Buyer <ap@customer.example>', 'Automatic reply: Undeliverable? Invoice 100234', 'Auto-Submitted: auto-replied\nIn-Reply-To: <invoice-100234@acme.example>\n')}
My mailbox is full of messages, and I am away until Monday.
`;

export const readReceipt = `${head('Ann Buyer <ap@customer.example>', 'Read: Invoice 100234')}MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary=d

--d

Your message was read.
--d
Content-Type: message/disposition-notification

Final-Recipient: rfc822; ap@customer.example
Original-Message-ID: <invoice-100234@acme.example>
Disposition: manual-action/MDN-sent-manually; displayed

--d--
`;

export const faxFailed = `Return-Path: <faxmaster@fax.acme.example>
From: HylaFAX Agent <faxmaster@fax.acme.example>
To: billing@acme.example
Subject: facsimile job 12 to +14145550134 failed
In-Reply-To: <invoice-100234@acme.example>

Your job to +14145550134 failed because:
    Busy signal detected; too many attempts to dial
`;

export const ordinary = `Return-Path: <ann@customer.example>
From: Ann Buyer <ann@customer.example>
To: billing@acme.example
Subject: Re: Undeliverable: Invoice 100234
In-Reply-To: <invoice-100234@acme.example>

Hello, your last mail to my colleague came back:

> Delivery has failed to these recipients or groups:
> ap@customer.example
> 550 5.1.1 No such user

Please send it to me.
`;

/** One of each form. */
export const everyForm: Readonly<Record<string, string>> = {
  status: statusReport(
    'Final-Recipient: rfc822; ap@customer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown',
  ),
  international,
  exim,
  qmail,
  sendmail,
  exchangeText,
  gmailDelay,
  domino,
  complaint,
  away,
  readReceipt,
  faxFailed,
  ordinary,
};

/** Pieces that hurt a careless reader when there is a megabyte of them. */
export const endless = [
  'Final-Recipient: rfc822; a@b.example\n\n',
  '<a@b.example>: x\n',
  '550 ',
  '>>> ',
  'message ',
  'a@',
  '"',
  '(',
  '=?utf-8?q?',
  '\\x{',
  '&#',
  '<style',
  '--x\n',
  'a:\n',
  ' ',
  '\n',
];

/** Mails that are made to be slow. @param much of one piece. @returns it in every place of a mail */
export function placesFor(much: string): string[] {
  const sender = 'From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\n';
  return [
    much,
    `Subject: ${much}`,
    `${sender}\n${much}`,
    `${sender}Content-Type: text/html\n\n${much}`,
    `${sender}X-Failed-Recipients: ${much}`,
    `${sender}Content-Type: multipart/mixed; boundary=x\n\n--x\n${much}`,
    `${sender}Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n${much}`,
  ];
}
