// What Microsoft 365 answers: a mailbox by SMTP AUTH, and the connector on port 25.
import { content, envelope, recipient, type ReplyRule } from './rule.ts';

const auth = { blame: 'transport', fault: 'auth', reason: 'authentication' } as const;
const throttle = { blame: 'transport', fault: 'throttle', reason: 'rate-limited' } as const;
const quota = { blame: 'transport', fault: 'quota', reason: 'rate-limited', pauseMinutes: 60 } as const;
const sender = { at: envelope, blame: 'transport', fault: 'configuration', reason: 'sender-refused' } as const;
const relaying = { at: envelope, blame: 'transport', fault: 'configuration', reason: 'relaying-denied' } as const;

const goesOn = 'Nothing: it goes on by itself.';
const thenTest = 'then: outbox test TRANSPORT';

const login: readonly ReplyRule[] = [
  {
    ...auth,
    enhanced: ['5.7.139'],
    unmistakable: true,
    text: /SmtpClientAuthentication is disabled for the Tenant/i,
    meaning: 'Authenticated SMTP is switched off for the whole tenant.',
    next: `Switch it on for this one mailbox: Set-CASMailbox -Identity MAILBOX -SmtpClientAuthenticationDisabled $false, ${thenTest}`,
    example:
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.',
    source: 'EmailEngine 2.14.0, a dialogue with AUTH XOAUTH2',
  },
  {
    ...auth,
    enhanced: ['5.7.139'],
    unmistakable: true,
    text: /SmtpClientAuthentication is disabled for the Mailbox/i,
    meaning: 'Authenticated SMTP is switched off for this mailbox.',
    next: `Switch it on: Set-CASMailbox -Identity MAILBOX -SmtpClientAuthenticationDisabled $false, ${thenTest}`,
    example:
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.',
    source: 'learn.microsoft.com: enable or disable authenticated client SMTP submission',
  },
  {
    ...auth,
    enhanced: ['5.7.139'],
    unmistakable: true,
    text: /security defaults/i,
    meaning: 'The security defaults of the organization forbid logins with a password.',
    next: `Log in with OAuth, or have the administrator replace the security defaults by policies that leave this mailbox out, ${thenTest}`,
    example:
      "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
    source: 'support pages of bookyourpto; nodemailer issue 1726',
  },
  {
    ...auth,
    enhanced: ['5.7.139'],
    unmistakable: true,
    text: /basic authentication is disabled/i,
    meaning: 'Logins with a password are switched off in this tenant.',
    next: `Log in with OAuth, or have the administrator allow passwords for SMTP again, ${thenTest}`,
    example: '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.',
    source: 'Microsoft message MC786329',
  },
  {
    ...auth,
    enhanced: ['5.7.139'],
    unmistakable: true,
    meaning: 'A policy of the tenant (conditional access) refuses this login.',
    next: `Read the sign-in log of Microsoft Entra for this mailbox, allow the login from this machine or use OAuth, ${thenTest}`,
    example:
      '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.',
    source: 'nodemailer issue 1726',
  },
  {
    ...auth,
    enhanced: ['5.7.3'],
    meaning: 'User, password or token is wrong, or the app has no right to this mailbox.',
    next: `Check user and password. With OAuth: the scope outlook.office365.com/.default, the service principal made with the object id of the enterprise application, its right to the mailbox. Then: outbox test TRANSPORT`,
    example: '535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]',
    source: 'learn.microsoft.com: authenticate an IMAP, POP or SMTP connection using OAuth',
  },
  {
    ...auth,
    unmistakable: true,
    enhanced: ['5.7.30'],
    meaning: 'Microsoft takes no passwords for SMTP any more.',
    next: 'Log in with OAuth, or send through a connector (docs/providers/microsoft365-connector.md): outbox apply',
    example: '550 5.7.30 Basic authentication is not supported for Client Submission.',
    source: 'Microsoft message MC786329',
  },
  {
    ...auth,
    unmistakable: true,
    enhanced: ['5.7.57'],
    meaning: 'No login was made, and Microsoft takes no mail from strangers here.',
    next: `Set user and password or oauth. For a connector the host is the MX of your domain, port 25; ${thenTest}`,
    example: '530 5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful',
    source: 'learn.microsoft.com: fix issues with printers, scanners and applications that send email',
  },
];

const limits: readonly ReplyRule[] = [
  {
    ...throttle,
    enhanced: ['4.3.2'],
    unmistakable: true,
    text: /concurrent connections/i,
    pauseMinutes: 1,
    meaning: 'More than three connections were open for this mailbox.',
    next: `${goesOn} If it happens often, something else sends from this mailbox too: set limits.connections lower.`,
    example:
      '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.',
    source: 'learn.microsoft.com: SMTP submission improvements',
  },
  {
    ...throttle,
    enhanced: ['4.3.2'],
    unmistakable: true,
    text: /STOREDRV\.ClientSubmit|sender thread limit/i,
    pauseMinutes: 1,
    meaning: 'Too many messages of this mailbox were under way at once.',
    next: `${goesOn} If it happens often, something else sends from this mailbox too: set limits.connections lower.`,
    example: '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded',
    source: 'nodemailer issue 1613, fastapi-mail issue 75',
  },
  {
    ...quota,
    enhanced: ['5.2.0', '5.2.2'],
    unmistakable: true,
    text: /submission ?quota/i,
    meaning: 'The mailbox has sent to 10,000 recipients in 24 hours; the oldest must leave that window first.',
    next: `${goesOn} To send more in a day, use a second mailbox or a connector.`,
    example: '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message',
    source: 'learn.microsoft.com: Exchange Online limits',
  },
  {
    ...quota,
    enhanced: ['5.1.90'],
    meaning: 'The mailbox has sent to as many recipients as it may in a day.',
    next: `${goesOn} To send more in a day, use a second mailbox or a connector.`,
    example: "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    source: 'learn.microsoft.com: NDR codes in Exchange Online',
  },
  {
    ...sender,
    unmistakable: true,
    text: /SendAsDenied/i,
    meaning: 'The mailbox that logs in may not send as this From address.',
    next: `Set the From address to the mailbox, or give it Send As: Add-RecipientPermission, ${thenTest}`,
    example:
      '554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message',
    source: 'learn.microsoft.com: NDR codes in Exchange Online',
  },
  {
    ...sender,
    unmistakable: true,
    enhanced: ['5.2.251-255'],
    meaning: 'Microsoft has stopped this mailbox for a while because it went on with messages that can not go.',
    next: `Mend the fault that it names (full mailbox, Send As, licence, recipients) before anything else, ${thenTest}`,
    example: '550 5.2.251 Sender throttled due to continuous mailbox full errors',
    source: 'learn.microsoft.com: continuous error throttling',
  },
  {
    ...throttle,
    enhanced: ['4.7.500-699'],
    pauseMinutes: 10,
    meaning: 'Microsoft finds the address of this machine too fast, or does not know it yet.',
    next: `${goesOn} If it happens often, lower limits.perMinute, and check that SPF names this machine.`,
    example: '451 4.7.500 Server busy. Please try again later from [203.0.113.7]. (AS77713)',
    source: 'sisimai, rhost/microsoft',
  },
  {
    ...throttle,
    text: /S777\d\d|\bAS\(\d+\)/,
    class: 4,
    pauseMinutes: 10,
    meaning: 'Microsoft finds the address of this machine too fast, or does not know it yet.',
    next: `${goesOn} If it happens often, lower limits.perMinute, and check that SPF names this machine.`,
    example: '451 Access denied, please try again later. (S77714)',
    source: 'sisimai, rhost/microsoft',
  },
  {
    ...sender,
    unmistakable: true,
    enhanced: ['5.7.750', '5.7.236'],
    meaning:
      'Mail from this sender domain is not allowed: it is not registered in the tenant, or still the onmicrosoft.com one.',
    next: `Send from a domain that the tenant has registered: outbox apply, ${thenTest}`,
    example: '550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains.',
    source: 'learn.microsoft.com: NDR codes in Exchange Online',
  },
  {
    ...quota,
    enhanced: ['5.7.232-233', '5.7.700-749'],
    meaning: 'The whole tenant has sent as much as it may to recipients outside, or is under suspicion.',
    next: 'It goes on by itself when the 24 hours are over. Ask the administrator: Get-LimitsEnforcementStatus, and Restricted entities in the Defender portal.',
    example: '550 5.7.705 Access denied, tenant has exceeded threshold',
    source: 'learn.microsoft.com: NDR codes in Exchange Online; Exchange team blog 4372797',
  },
];

const fromAndRoute: readonly ReplyRule[] = [
  {
    ...sender,
    enhanced: ['5.7.60'],
    meaning: 'The mailbox that logs in may not send as this From address.',
    next: `Set the From address to the mailbox, or give it Send As: Add-RecipientPermission, ${thenTest}`,
    example: '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    source: 'learn.microsoft.com: fix issues with printers, scanners and applications that send email',
  },
  {
    ...sender,
    enhanced: ['5.1.8'],
    meaning: 'Microsoft has barred this mailbox from sending: it was taken for a sender of spam.',
    next: `Have the administrator take it off the restricted entities in the Defender portal, ${thenTest}`,
    example: '550 5.1.8 Access denied, bad outbound sender AS(42004)',
    source: 'learn.microsoft.com: NDR codes in Exchange Online',
  },
  {
    ...relaying,
    unmistakable: true,
    enhanced: ['5.7.64'],
    meaning: 'No connector of the tenant fits the address of this machine or the sender domain.',
    next: `Check the address in the connector, and that the sender domain is an accepted domain, ${thenTest}`,
    example: '550 5.7.64 TenantAttribution; Relay Access Denied [ValidationStatus of null is EmptyCertificate]',
    source: 'learn.microsoft.com: NDR codes in Exchange Online',
  },
  {
    ...relaying,
    unmistakable: true,
    enhanced: ['5.7.68'],
    meaning: 'The organization refuses mail of its own domain that comes without login or connector (Direct Send).',
    next: `Make a connector for the address of this machine, or log in at smtp.office365.com, ${thenTest}`,
    example:
      '550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources',
    source: 'Exchange team blog 4408790, message MC1093237',
  },
  {
    ...relaying,
    unmistakable: true,
    enhanced: ['5.5.105'],
    meaning: 'This is the High Volume Email service: it takes recipients inside the organization only.',
    next: 'Use another way out for customers: smtp.office365.com or a connector. outbox apply',
    example: '550 5.5.105 External sending is not supported for High Volume Email accounts',
    source: 'tiagoscarvalho.com',
  },
  {
    ...sender,
    enhanced: ['5.7.515'],
    meaning: 'SPF, DKIM or DMARC of the sender domain are not as outlook.com demands them.',
    next: `Have SPF and DKIM set up for the domain and a DMARC record published, ${thenTest}`,
    example: '550 5.7.515 Access denied, sending domain ACME.EXAMPLE does not meet the required authentication level.',
    source: 'Microsoft: requirements for high-volume senders, 2025-05-05',
  },
  {
    at: ['mail', ...content],
    enhanced: ['5.2.2'],
    text: /mailbox full|QuotaExceeded/i,
    blame: 'transport',
    fault: 'configuration',
    reason: 'sender-full',
    meaning: 'Our own mailbox is full: nothing can be sent from it.',
    next: `Empty it and set a retention for Sent Items, ${thenTest}`,
    example:
      '554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded',
    source: 'learn.microsoft.com: NDR codes in Exchange Online',
  },
  {
    blame: 'transport',
    fault: 'tls',
    reason: 'tls',
    enhanced: ['4.7.66'],
    text: /TLS/i,
    meaning: 'Microsoft refuses TLS below version 1.2.',
    next: `Take minTls out of the transport, so that 1.2 is the least, ${thenTest}`,
    example: '421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update your client to support TLS 1.2.',
    source: 'learn.microsoft.com: opt in to the endpoint for legacy TLS clients',
  },
  {
    ...throttle,
    code: [421],
    enhanced: ['4.4.2'],
    meaning: 'Microsoft ended the connection because nothing was said on it for a while.',
    next: goesOn,
    example: '421 4.4.2 Connection dropped due to SocketError',
    source: 'haraka issue 2321',
  },
];

const recipients: readonly ReplyRule[] = [
  {
    at: recipient,
    enhanced: ['5.1.10', '5.4.1'],
    blame: 'message',
    fault: 'permanent',
    reason: 'mailbox-unknown',
    meaning: 'Microsoft knows no such mailbox.',
    next: 'Ask the customer for the right address, then: outbox resend ID --to ADDRESS',
    example: '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    source: 'learn.microsoft.com: NDR codes in Exchange Online',
  },
];

export const microsoft: readonly ReplyRule[] = [...login, ...limits, ...fromAndRoute, ...recipients];
