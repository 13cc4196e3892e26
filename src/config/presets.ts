// What is known of mail providers, relays and fax gateways. Figures change: each entry says when it was looked up and where.
// Sending limits stand a little below the provider's own, so that other users of the mailbox have room.
import type { TlsMode } from '../message/settings.ts';

export interface Preset {
  /** What it is, for people. */
  title: string;
  /** ISO date of the figures. */
  asOf: string;
  /** Where the figures come from; empty where they are what the program usually does. */
  source: string;
  /** What to know before choosing it. */
  remark: string;
  host?: string;
  port?: number;
  tls?: TlsMode;
  authInClear?: boolean;
  /** Liquid: how a fax number becomes the To address of the gateway. */
  address?: string;
  messagesPerConnection?: number;
  limits?: { connections?: number; perMinute?: number | null; perDay?: number | null };
}

const mail = {
  office365: {
    title: 'Exchange Online, a mailbox (SMTP AUTH)',
    asOf: '2026-11-23',
    source:
      'learn.microsoft.com: SMTP submission improvements (3 connections, 30 messages a minute, 10,000 recipients a day)',
    remark:
      'SMTP AUTH must be on for the mailbox. Microsoft switches passwords off by default at the end of December 2026.',
    host: 'smtp.office365.com',
    port: 587,
    tls: 'required',
    messagesPerConnection: 100,
    limits: { connections: 2, perMinute: 25, perDay: 9000 },
  },
  'google-relay': {
    title: 'Google Workspace SMTP relay service',
    asOf: '2026-11-23',
    source: 'support.google.com: SMTP relay (10,000 recipients a day and user)',
    remark: 'Register the address of this machine, and set ehlo to a name of your domain.',
    host: 'smtp-relay.gmail.com',
    port: 587,
    tls: 'required',
    messagesPerConnection: 100,
    limits: { connections: 5, perMinute: 300, perDay: 9000 },
  },
  'google-mailbox': {
    title: 'Google Workspace or Gmail, a mailbox',
    asOf: '2026-11-23',
    source: 'support.google.com/a/answer/166852 (2,000 messages a day; 500 for a personal account)',
    remark: 'The password is an app password. A personal account needs perDay: 450.',
    host: 'smtp.gmail.com',
    port: 587,
    tls: 'required',
    messagesPerConnection: 100,
    limits: { connections: 2, perMinute: 20, perDay: 1800 },
  },
  ses: {
    title: 'Amazon SES',
    asOf: '2026-11-23',
    source: 'docs.aws.amazon.com: managing sending quotas (an account starts with 200 a day and 1 a second)',
    remark: 'Give the host of your region, email-smtp.REGION.amazonaws.com, and your own limits once they are raised.',
    port: 587,
    tls: 'required',
    messagesPerConnection: 100,
    limits: { connections: 5, perMinute: 48, perDay: 180 },
  },
  sendgrid: {
    title: 'Twilio SendGrid',
    asOf: '2026-11-23',
    source: 'twilio.com/docs/sendgrid: integrating with the SMTP API (5,000 messages a connection)',
    remark: 'The user is the word apikey, the password is the key.',
    host: 'smtp.sendgrid.net',
    port: 587,
    tls: 'required',
    messagesPerConnection: 1000,
    limits: { connections: 10, perMinute: 3000, perDay: null },
  },
  mailgun: {
    title: 'Mailgun',
    asOf: '2026-11-23',
    source: 'KumoMTA traffic shaping data (3 messages a connection)',
    remark: 'A domain in Europe needs host: smtp.eu.mailgun.org.',
    host: 'smtp.mailgun.org',
    port: 587,
    tls: 'required',
    messagesPerConnection: 3,
    limits: { connections: 10, perMinute: 1200, perDay: null },
  },
  postmark: {
    title: 'Postmark',
    asOf: '2026-11-23',
    source: 'postmarkapp.com support 1056 (asks for at most 10 connections)',
    remark: 'The server token is both user and password. 10 MB a message.',
    host: 'smtp.postmarkapp.com',
    port: 587,
    tls: 'required',
    messagesPerConnection: 100,
    limits: { connections: 5, perMinute: 1200, perDay: null },
  },
  smtp2go: {
    title: 'SMTP2GO',
    asOf: '2026-11-23',
    source: 'smtp2go.com: know your sending limits (a new paid account: 1,000 a day until it is reviewed)',
    remark: 'A free account needs perDay: 180. What is over the limit is held there and still counts as released.',
    host: 'mail.smtp2go.com',
    port: 587,
    tls: 'required',
    messagesPerConnection: 100,
    limits: { connections: 5, perMinute: 1200, perDay: 900 },
  },
} satisfies Record<string, Preset>;

const relays = {
  'exchange-relay': {
    title: 'Exchange Server, receive connector by address',
    asOf: '2026-11-23',
    source: 'MicrosoftDocs: message rate limits (20 connections a source, 10 minutes a connection)',
    remark: 'No user: the connector allows relaying for the address of this machine.',
    port: 25,
    tls: 'opportunistic',
    messagesPerConnection: 500,
    limits: { connections: 5, perMinute: 600, perDay: null },
  },
  'exchange-client': {
    title: 'Exchange Server, client connector with user and password',
    asOf: '2026-11-23',
    source: 'MicrosoftDocs: message rate limits (5 messages a minute and user unless raised)',
    remark: 'Raise the limit there with Set-ReceiveConnector -MessageRateLimit, then here.',
    port: 587,
    tls: 'required',
    messagesPerConnection: 100,
    limits: { connections: 1, perMinute: 5, perDay: null },
  },
  iis: {
    title: 'IIS SMTP virtual server',
    asOf: '2026-11-23',
    source: 'learn.microsoft.com cc787577 (20 messages a connection, 2 MB a message)',
    remark: 'Released means handed to IIS. Look into its Queue and Badmail folders now and then.',
    port: 25,
    tls: 'none',
    messagesPerConnection: 20,
    limits: { connections: 2, perMinute: null, perDay: null },
  },
  postfix: {
    title: 'Postfix or another mail server on your network',
    asOf: '2026-11-23',
    source: 'Postfix TUNING_README (50 connections a client)',
    remark: 'No user: mynetworks there must hold the address of this machine.',
    port: 25,
    tls: 'opportunistic',
    messagesPerConnection: 500,
    limits: { connections: 5, perMinute: null, perDay: null },
  },
  stunnel: {
    title: 'stunnel on this machine, which does the TLS',
    asOf: '2026-11-23',
    source: '',
    remark: 'The limits of the provider behind it hold: set them. Set verifyChain and checkHost in stunnel.conf.',
    host: '127.0.0.1',
    port: 25,
    tls: 'none',
    authInClear: true,
    messagesPerConnection: 100,
    limits: { connections: 2, perMinute: null, perDay: null },
  },
} satisfies Record<string, Preset>;

/** A gateway knows its customer by the From address, so it is reached through your own mail server: the host is yours. */
const gateway = (title: string, address: string, source: string, remark = ''): Preset => ({
  title,
  asOf: '2026-11-23',
  source,
  remark: remark === '' ? 'Send from an address that the gateway knows.' : remark,
  address,
});

const gateways = {
  efax: gateway('eFax', '{{ fax.digits }}@efaxsend.com', 'to be confirmed with the account'),
  ringcentral: gateway('RingCentral Fax', '{{ fax.digits }}@rcfax.com', 'to be confirmed with the account'),
  srfax: gateway('SRFax', '{{ fax.digits }}@srfax.com', 'to be confirmed with the account'),
  interfax: gateway('InterFAX', '{{ fax.e164 }}@fax.tc', 'help.uplandsoftware.com/interfax: fax SMTP overview'),
  myfax: gateway('MyFax', '{{ fax.digits }}@myfax.com', 'to be confirmed with the account'),
  faxage: gateway(
    'FAXAGE',
    '{{ fax.national }}@faxage.com',
    'FAXAGE email fax sending guide',
    'Ten digits; US and Canada.',
  ),
  concord: gateway('Concord', '{{ fax.digits }}@concordsend.com', 'to be confirmed with the account'),
  documo: gateway('Documo mFax', '{{ fax.digits }}@send.mfax.io', 'Documo email-to-fax documentation'),
} satisfies Record<string, Preset>;

/** By the word that stands after `preset:`. */
export const presets: Readonly<Record<string, Preset>> = { ...mail, ...relays, ...gateways };
