// The schema of the settings: every key that may be written, and what may stand there. One schema for file, web and database.
import { posix, win32 } from 'node:path';
import { z } from 'zod';
import { userRoles } from '../message/settings.ts';
import { between, channelOrder, delivery, judged, line, listOf, mapping, notes, oneOf, text } from './fields.ts';
import {
  country,
  ehloName,
  emailAddress,
  fingerprint,
  gatewayAddress,
  graphAddress,
  host,
  templateLine,
  templateText,
  timeZone,
  tokenAddress,
} from './field-rules.ts';
import { givenSecret, secret } from './secret-form.ts';

export const companySchema = mapping({
  code: line,
  name: line,
  email: emailAddress,
  fax: line.nullable().optional(),
  country: country.optional(),
  timeZone: timeZone.optional(),
  note: mapping({ email: templateText.nullable().optional(), fax: templateText.nullable().optional() }).optional(),
  deliver: channelOrder.optional(),
});

export const documentTypeSchema = mapping({
  name: line.optional(),
  fileName: templateLine.optional(),
  grouping: oneOf(['each', 'message', 'merged']).optional(),
  deliver: channelOrder.nullable().optional(),
  hold: z.boolean().optional(),
  uncertain: oneOf(['hold', 'once-more']).optional(),
  email: mapping({
    subject: templateLine.optional(),
    note: templateText.optional(),
    transport: line.nullable().optional(),
    from: emailAddress.nullable().optional(),
    replyTo: emailAddress.nullable().optional(),
  }).optional(),
  fax: mapping({
    subject: templateLine.optional(),
    note: templateText.optional(),
    transport: line.nullable().optional(),
    cover: oneOf(['never', 'always', 'when-note']).optional(),
  }).optional(),
});

const rate = between(1, 10_000_000).nullable();
const pace = {
  connections: between(1, 100).optional(),
  perMinute: rate.optional(),
  perDay: rate.optional(),
};
const octets = between(10_000, 10_000_000_000).nullable();
const smtpLimits = mapping({
  ...pace,
  sessionMinutes: between(1, 1440).nullable().optional(),
  bytesPerConnection: octets.optional(),
  largestMessage: octets.optional(),
  window: between(1, 16).optional(),
});

const file = mapping({ file: line });

const extension = oneOf([
  '8BITMIME',
  'BINARYMIME',
  'CHUNKING',
  'DSN',
  'PIPELINING',
  'SIZE',
  'SMTPUTF8',
  'PLAIN',
  'LOGIN',
  'CRAM-MD5',
]);

const tenant = judged(line, (value) => {
  const hint = 'write its id (Entra admin center, Overview) or its domain, such as acme.onmicrosoft.com';
  if (!/^[A-Za-z0-9.-]+$/.test(value)) return { detail: 'this is no tenant', hint };
  const isShared = ['common', 'organizations', 'consumers'].includes(value.toLowerCase());
  return isShared ? { detail: 'an application logs in to one tenant', hint } : null;
});

/** One list of keys for each kind. */
export const oauthSchema = z.discriminatedUnion('kind', [
  mapping({
    kind: z.literal('microsoft'),
    tenant,
    client: line,
    secret: secret.nullable().optional(),
    certificate: file.nullable().optional(),
    tokenUrl: tokenAddress.nullable().optional(),
    scope: line.nullable().optional(),
  }),
  mapping({ kind: z.literal('google'), key: file, tokenUrl: tokenAddress.nullable().optional() }),
  mapping({
    kind: z.literal('refresh'),
    tokenUrl: tokenAddress,
    client: line,
    secret: secret.nullable().optional(),
    refreshToken: givenSecret,
    scope: line.nullable().optional(),
  }),
]);

export const smtpSchema = mapping({
  kind: z.literal('smtp'),
  preset: line.nullable().optional(),
  host: host.optional(),
  port: between(1, 65_535).optional(),
  tls: oneOf(['required', 'implicit', 'opportunistic', 'none']).optional(),
  user: line.nullable().optional(),
  password: secret.nullable().optional(),
  oauth: oauthSchema.nullable().optional(),
  authInClear: z.boolean().optional(),
  ca: file.nullable().optional(),
  fingerprint: fingerprint.nullable().optional(),
  minTls: oneOf(['1.0', '1.1', '1.2', '1.3']).optional(),
  ehlo: ehloName.nullable().optional(),
  sender: emailAddress.nullable().optional(),
  address: gatewayAddress.nullable().optional(),
  messagesPerConnection: between(1, 100_000).optional(),
  binary: z.boolean().optional(),
  avoid: listOf(extension).optional(),
  limits: smtpLimits.optional(),
});

const program = judged(line, (value) =>
  posix.isAbsolute(value) || (win32.isAbsolute(value) && !value.startsWith('/'))
    ? null
    : { detail: 'this is no full path', hint: 'such as /opt/drivers/send.sh or C:\\drivers\\send.cmd' },
);

export const driverSchema = mapping({
  kind: z.literal('driver'),
  command: program,
  arguments: listOf(text).optional(),
  timeout: between(1, 86_400).optional(),
  limits: mapping(pace).optional(),
});

const fullPath = judged(line, (value) =>
  posix.isAbsolute(value) || win32.isAbsolute(value)
    ? null
    : { detail: 'this is no full path', hint: 'such as /var/outbox/drafts or C:\\Outbox\\drafts' },
);

/** Microsoft takes four requests at a time for a mailbox. */
const graphLimits = mapping({
  connections: between(1, 4).optional(),
  perMinute: rate.optional(),
  perDay: rate.optional(),
});

const graphMailbox = {
  user: emailAddress,
  oauth: oauthSchema,
  baseUrl: graphAddress.optional(),
  limits: graphLimits.optional(),
};

export const graphSchema = mapping({ kind: z.literal('graph'), ...graphMailbox });

export const outlookGraphSchema = mapping({ kind: z.literal('outlook'), by: z.literal('graph'), ...graphMailbox });

export const outlookImapSchema = mapping({
  kind: z.literal('outlook'),
  by: z.literal('imap'),
  host,
  port: between(1, 65_535).optional(),
  tls: oneOf(['required', 'implicit', 'none']).optional(),
  user: line,
  password: secret.nullable().optional(),
  oauth: oauthSchema.nullable().optional(),
  ca: file.nullable().optional(),
  limits: mapping(pace).optional(),
});

export const outlookFileSchema = mapping({
  kind: z.literal('outlook'),
  by: z.literal('file'),
  folder: fullPath,
  limits: mapping(pace).optional(),
});

export const ruleSchema = mapping({ class: line.nullable().optional(), deliver: delivery });

export const userSchema = mapping({ role: oneOf(userRoles), anyAddress: z.boolean().optional() });

export const hotFolderSchema = mapping({ path: line });

/** What a customer file may hold, a settings file may: an address that can not be used is told, and routing blocks on it. */
export const customerSchema = mapping({
  name: line.optional(),
  class: line.nullable().optional(),
  language: line.nullable().optional(),
  timeZone: line.nullable().optional(),
  salesperson: line.nullable().optional(),
  email: listOf(line).optional(),
  fax: listOf(line).optional(),
  cc: listOf(line).optional(),
  bcc: listOf(line).optional(),
  deliver: delivery.optional(),
  note: notes.optional(),
});

export type RawCompany = z.output<typeof companySchema>;
export type RawDocumentType = z.output<typeof documentTypeSchema>;
export type RawSmtp = z.output<typeof smtpSchema>;
export type RawOAuth = z.output<typeof oauthSchema>;
export type RawDriver = z.output<typeof driverSchema>;
export type RawGraph = z.output<typeof graphSchema>;
export type RawOutlook = z.output<typeof outlookGraphSchema | typeof outlookImapSchema | typeof outlookFileSchema>;
export type RawTransport = RawSmtp | RawDriver | RawGraph | RawOutlook;
export type RawRule = z.output<typeof ruleSchema>;
export type RawCustomer = z.output<typeof customerSchema>;
