// The schema of the settings: every key that may be written, and what may stand there. One schema for file, web and database.
import { posix, win32 } from 'node:path';
import { z } from 'zod';
import { between, channelOrder, delivery, judged, line, listOf, mapping, notes, oneOf, text } from './fields.ts';
import {
  country,
  ehloName,
  emailAddress,
  fingerprint,
  gatewayAddress,
  host,
  templateLine,
  templateText,
  timeZone,
} from './field-rules.ts';
import { secret } from './secret-form.ts';

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
const limits = mapping({
  connections: between(1, 100).optional(),
  perMinute: rate.optional(),
  perDay: rate.optional(),
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

export const smtpSchema = mapping({
  kind: z.literal('smtp'),
  preset: line.nullable().optional(),
  host: host.optional(),
  port: between(1, 65_535).optional(),
  tls: oneOf(['required', 'implicit', 'opportunistic', 'none']).optional(),
  user: line.nullable().optional(),
  password: secret.nullable().optional(),
  authInClear: z.boolean().optional(),
  ca: file.nullable().optional(),
  fingerprint: fingerprint.nullable().optional(),
  minTls: oneOf(['1.0', '1.1', '1.2', '1.3']).optional(),
  ehlo: ehloName.nullable().optional(),
  sender: emailAddress.nullable().optional(),
  address: gatewayAddress.nullable().optional(),
  messagesPerConnection: between(1, 100_000).optional(),
  avoid: listOf(extension).optional(),
  limits: limits.optional(),
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
  limits: limits.optional(),
});

export const ruleSchema = mapping({ class: line.nullable().optional(), deliver: delivery });

export const userSchema = mapping({ role: oneOf(['clerk', 'approver', 'admin', 'auditor', 'integrator']) });

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
export type RawDriver = z.output<typeof driverSchema>;
export type RawRule = z.output<typeof ruleSchema>;
export type RawCustomer = z.output<typeof customerSchema>;
