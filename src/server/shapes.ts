// The shapes that go over the API, in zod: what contract.ts is made of.
import { z } from 'zod';
import { channels, subjects } from '../message/message.ts';
import { reasons } from '../message/reasons.ts';
import { userRoles } from '../message/settings.ts';
import { statuses } from '../message/status.ts';

export const role = z.enum(userRoles);
export const status = z.enum(statuses);
export const channel = z.enum(channels);
export const reason = z.enum(reasons);
export const subject = z.enum(subjects);

/** ISO 8601 in UTC. */
export const time = z.iso.datetime();
const maybeTime = time.nullable();
/** What a caller gives, with the offset of its place. */
export const givenTime = z.iso.datetime({ offset: true });

export const id = z.string().min(1).max(100);
export const words = z.string().max(1_000);
export const accountName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/, 'Small letters, digits, and . _ @ - behind the first.');
/** Histories name it. */
export const keyName = z
  .string()
  .max(100)
  .regex(/^\P{C}+$/u, 'Letters that can be seen.');
/** Length is what makes one good (NIST SP 800-63B 5.1.1). */
export const password = z.string().min(12).max(200);

/** "true" and "false" of a query or form. */
export const flag = z.enum(['true', 'false']).transform((word) => word === 'true');

export const paging = {
  cursor: z.string().max(400).optional().describe('next of the answer before'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

/** @param of the things of a page */
export const pageOf = <T extends z.ZodType>(of: T) =>
  z.strictObject({
    items: z.array(of),
    next: z.string().nullable().describe('cursor of the next page; null: there is none'),
  });

export const counts = z.partialRecord(status, z.int());

const documentInMessage = z.strictObject({
  id: z.string(),
  type: z.string(),
  number: z.string(),
  customer: z.string(),
  file: z.string(),
  sha256: z.string(),
  pages: z.int().nullable(),
});

const lastReply = z.strictObject({ code: z.int().nullable(), enhanced: z.string().nullable(), text: z.string() });

export const message = z.strictObject({
  id: z.string(),
  batch: z.string().nullable(),
  status,
  kind: z.enum(['error', 'bounced']).nullable(),
  reason: reason.nullable(),
  detail: z.string().nullable(),
  nextStep: z.string().nullable(),
  channel,
  recipient: z.string(),
  role: z.enum(['to', 'cc', 'bcc', 'salesperson']),
  company: z.string(),
  customer: z.string(),
  subject: z.string(),
  transport: z.string().nullable(),
  tries: z.int(),
  dueAt: maybeTime,
  messageId: z.string().nullable(),
  why: z.strictObject({ text: z.string(), level: z.string(), source: z.string() }).describe('why this address'),
  documents: z.array(documentInMessage),
  lastReply: lastReply.nullable(),
  createdAt: time,
  releasedAt: maybeTime,
  deliveredAt: maybeTime,
  resendOf: z.string().nullable(),
});

export const event = z.strictObject({
  id: z.string(),
  subject,
  subjectId: z.string(),
  at: time,
  what: z.string(),
  by: z.string(),
  text: z.string(),
  evidence: z.record(z.string(), z.unknown()).nullable(),
});

const attempt = z.strictObject({
  id: z.string(),
  messageId: z.string(),
  number: z.int(),
  transport: z.string(),
  worker: z.string(),
  phase: z.string(),
  startedAt: time,
  endedAt: maybeTime,
  result: z.string().nullable(),
  reply: lastReply.nullable(),
  transcript: z.string().nullable(),
});

export const wholeMessage = z.strictObject({
  ...message.shape,
  history: z.array(event),
  attempts: z.array(attempt),
});

export const batch = z.strictObject({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  state: z.enum(['draft', 'sealed', 'refused']),
  expectedCount: z.int().nullable(),
  expectedAmount: z.string().nullable(),
  createdAt: time,
  sealedAt: maybeTime,
  counts,
});

const outlook = z.strictObject({
  transport: z.string(),
  waiting: z.int(),
  doneAt: maybeTime,
  goesOnAt: maybeTime,
  used: z.number().nullable(),
  text: z.string(),
});

export const wholeBatch = z.strictObject({
  ...batch.shape,
  total: z.int(),
  left: z.int().describe('queued or under way'),
  doneAt: maybeTime.describe('when the last of them will be sent; null when that can not be known'),
  transports: z.array(outlook),
  history: z.array(event),
});

/** Which messages: all that are given must hold. */
export const filterFields = {
  status: status.optional(),
  reason: reason.optional(),
  channel: channel.optional(),
  type: id.optional(),
  customer: z.string().max(200).optional(),
  batch: id.optional(),
  transport: id.optional(),
  search: z.string().min(1).max(200).optional().describe('part of a recipient, subject, customer or document number'),
};

export const transport = z.strictObject({
  name: z.string(),
  kind: z.string(),
  preset: z.string().nullable(),
  way: z.string(),
  limits: z.record(z.string(), z.number().nullable()),
  state: z.string(),
  text: z.string(),
  nextStep: z.string().nullable(),
  slowed: z.strictObject({ perMinute: z.number().nullable(), connections: z.number().nullable() }).nullable(),
  retryAt: maybeTime,
  waiting: z.int(),
});

const addressList = z.array(z.string().min(1).max(320)).max(50);
export const addresses = z.strictObject({ email: addressList, fax: addressList, cc: addressList, bcc: addressList });

export const customer = z.strictObject({
  company: z.string(),
  number: z.string(),
  name: z.string(),
  class: z.string().nullable(),
  language: z.string().nullable(),
  timeZone: z.string().nullable(),
  salesperson: z.string().nullable(),
  email: z.array(z.string()),
  fax: z.array(z.string()),
  cc: z.array(z.string()),
  bcc: z.array(z.string()),
  deliver: z.record(z.string(), z.array(channel)),
  note: z.strictObject({ email: z.string().nullable(), fax: z.string().nullable() }),
  owners: z.record(z.string(), z.string()).describe('who gave each field last'),
  source: z.string(),
});

const remark = z.strictObject({ line: z.int(), customer: z.string().optional(), detail: z.string() });

export const customerImport = z.strictObject({
  dryRun: z.boolean(),
  new: z.array(z.string()).describe('customer numbers'),
  changed: z.array(z.strictObject({ customer: z.string(), fields: z.array(z.string()) })),
  unchanged: z.int(),
  kept: z.array(
    z.strictObject({
      customer: z.string(),
      field: z.string(),
      kept: z.string(),
      offered: z.string(),
      owner: z.string(),
    }),
  ),
  refused: z.array(remark),
  warnings: z.array(remark),
  unknownColumns: z.array(z.string()),
});

export const suppression = z.strictObject({
  channel,
  address: z.string(),
  reason: z.string(),
  since: time,
  until: maybeTime,
  by: z.string(),
});

export const taken = z.strictObject({
  messages: z.array(message),
  known: z
    .array(z.strictObject({ message: z.string(), channel, status, reason: reason.nullable(), text: z.string() }))
    .describe('asked for before: not sent again'),
  replaced: z.array(z.string()).describe('blocked messages in whose place these are'),
  refused: z.array(z.strictObject({ place: z.string(), detail: z.string(), hint: z.string() })),
});

export const user = z.strictObject({
  name: z.string(),
  role: role.nullable().describe('null: the settings do not name this user, who may do nothing'),
  anyAddress: z.boolean().describe('may send to an address that is not on file for the customer'),
  createdAt: time,
  createdBy: z.string(),
  disabledAt: maybeTime,
});

export const apiKey = z.strictObject({
  id: z.string(),
  name: z.string(),
  role,
  anyAddress: z.boolean(),
  createdAt: time,
  createdBy: z.string(),
  usedAt: maybeTime,
  revokedAt: maybeTime,
});

export const whoAmI = z.strictObject({
  name: z.string(),
  kind: z.enum(['user', 'key']),
  role,
  anyAddress: z.boolean(),
});

/** RFC 9457. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('of the catalogue of errors, docs/errors.md'),
  hint: z.string().describe('what to do'),
  instance: z.string().describe('number of the request'),
  faults: z.array(z.unknown()).optional(),
});
