// The SMTP side of Exchange Online, with its rules for a mailbox: SMTP AUTH, the application's right, three connections, 30 a minute.
import type { TestContext } from 'node:test';
import type { Certificates } from '../certificates.ts';
import { startTokenSmtp, type Denial, type TokenSmtp } from '../token-smtp.ts';
import type { Tenant } from './tenant.ts';

export interface Mailbox {
  smtpAuth: 'on' | 'off' | 'off-for-tenant';
  /** Applications that may use it. */
  clients: string[];
}

export interface ExchangeWish {
  tenant: Tenant;
  certificates: Certificates;
  mailboxes: Record<string, Mailbox>;
  /** How a bad token is refused: by the reply at once, or after a challenge with JSON. Both are seen. */
  refusesBy?: 'reply' | 'challenge';
  /** Messages a minute; what is above is answered late. */
  perMinute?: number;
  lateMs?: number;
  /** Told after each message. */
  onMessage?: (count: number) => void;
}

export interface Exchange extends TokenSmtp {
  /** Messages that were answered late. */
  delayed: number;
}

const unsuccessful = '535 5.7.3 Authentication unsuccessful [AM0PR04CA0001.eurprd04.prod.outlook.com]';
const smtpAuthOff = (of: string): string =>
  `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the ${of}. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR04CA0001.eurprd04.prod.outlook.com]`;

const audience = 'https://outlook.office365.com';

export async function startExchange(t: TestContext, wish: ExchangeWish): Promise<Exchange> {
  const { tenant, mailboxes, perMinute = 30, lateMs = 0 } = wish;
  const times = new Map<string, number[]>();
  const badToken = (): Denial =>
    wish.refusesBy === 'challenge'
      ? { reply: unsuccessful, details: { status: '401', schemes: 'Bearer', scope: `${audience}/.default` } }
      : { reply: unsuccessful };
  const server = await startTokenSmtp(t, {
    certificates: wish.certificates,
    extensions: [
      'SIZE 157286400',
      'PIPELINING',
      'DSN',
      'ENHANCEDSTATUSCODES',
      '8BITMIME',
      'BINARYMIME',
      'CHUNKING',
      'SMTPUTF8',
    ],
    mechanisms: 'LOGIN XOAUTH2',
    judge(user, token) {
      const mailbox = mailboxes[user];
      if (mailbox?.smtpAuth === 'off') return { reply: smtpAuthOff('Mailbox') };
      if (mailbox?.smtpAuth === 'off-for-tenant') return { reply: smtpAuthOff('Tenant') };
      const checked = tenant.check(token, audience);
      return checked.ok && mailbox?.clients.includes(checked.client) ? null : badToken();
    },
    isStillGood: (_user, token) => tenant.check(token, audience).ok,
    over: '530 5.7.57 Client not authenticated to send mail. [AM0PR04CA0001.eurprd04.prod.outlook.com]',
    connections: 3,
    tooMany:
      '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.',
    onContent(user) {
      const now = Date.now();
      const recent = [...(times.get(user) ?? []), now].filter((at) => at > now - 60_000);
      times.set(user, recent);
      wish.onMessage?.(server.contents.length);
      if (recent.length <= perMinute) return 0;
      exchange.delayed++;
      return lateMs;
    },
  });
  const exchange: Exchange = Object.assign(server, { delayed: 0 });
  return exchange;
}
