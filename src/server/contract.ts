// The one table of routes: from it come the checks of what is given, OpenAPI, the typed client, and the table of who may do what.
import { z } from 'zod';
import type { Route } from './route.ts';
import * as is from './shapes.ts';

/** Everybody who has a role. */
const readers = 'signed-in';
/** Who runs the day. */
const desk = ['clerk', 'approver', 'admin'] as const;
/** Who brings documents and customers. */
const bringers = ['clerk', 'approver', 'admin', 'integrator'] as const;
const admins = ['admin'] as const;
const auditors = ['admin', 'auditor'] as const;

const byId = z.strictObject({ id: is.id });
const byName = z.strictObject({ name: is.id });
const nothing = z.undefined();

const session = {
  setUp: {
    method: 'POST',
    path: '/api/setup',
    may: 'anyone',
    tag: 'Sign in',
    summary: 'The first administrator, with the token of the link that outbox start prints',
    body: z.strictObject({ token: z.string().max(200), name: is.accountName, password: is.password }),
    status: 201,
    answer: is.whoAmI,
  },
  signIn: {
    method: 'POST',
    path: '/api/session',
    may: 'anyone',
    tag: 'Sign in',
    summary: 'Sign in with name and password; the answer sets a cookie',
    body: z.strictObject({ name: z.string().max(64), password: z.string().max(200) }),
    status: 201,
    answer: is.whoAmI,
  },
  whoAmI: {
    method: 'GET',
    path: '/api/session',
    may: readers,
    tag: 'Sign in',
    summary: 'Who is signed in, and what that one may do',
    answer: is.whoAmI,
  },
  signOut: {
    method: 'DELETE',
    path: '/api/session',
    may: readers,
    tag: 'Sign in',
    summary: 'Sign out',
    status: 204,
    answer: nothing,
  },
  changePassword: {
    method: 'PUT',
    path: '/api/session/password',
    may: readers,
    tag: 'Sign in',
    summary: 'Change the own password; all other sessions end',
    body: z.strictObject({ old: z.string().max(200), new: is.password }),
    status: 204,
    answer: nothing,
  },
} satisfies Record<string, Route>;

const messages = {
  listBatches: {
    method: 'GET',
    path: '/api/batches',
    may: readers,
    tag: 'Batches',
    summary: 'Batches, newest first, with their messages by status',
    query: z.strictObject(is.paging),
    answer: is.pageOf(is.batch),
  },
  getBatch: {
    method: 'GET',
    path: '/api/batches/{id}',
    may: readers,
    tag: 'Batches',
    summary: 'One batch: counts, when it will be done, history',
    params: byId,
    answer: is.wholeBatch,
  },
  listMessages: {
    method: 'GET',
    path: '/api/messages',
    may: readers,
    tag: 'Messages',
    summary: 'Messages, newest first',
    query: z.strictObject({ ...is.filterFields, ...is.paging }),
    answer: is.pageOf(is.message),
  },
  getMessage: {
    method: 'GET',
    path: '/api/messages/{id}',
    may: readers,
    tag: 'Messages',
    summary: 'One message: documents, why this address, history, attempts with transcript',
    params: byId,
    answer: is.wholeMessage,
  },
  getMail: {
    method: 'GET',
    path: '/api/messages/{id}/eml',
    may: readers,
    tag: 'Messages',
    summary: 'The exact bytes that are or were sent',
    params: byId,
    answer: { bytes: 'message/rfc822' },
  },
  actOnMessages: {
    method: 'POST',
    path: '/api/messages/actions',
    may: desk,
    tag: 'Messages',
    summary: 'Release, hold, cancel, retry or resend messages, by ids or by filter',
    body: z.strictObject({
      action: z.enum(['release', 'hold', 'cancel', 'retry', 'resend']),
      ids: z.array(is.id).min(1).max(10_000).optional(),
      filter: z.strictObject(is.filterFields).optional(),
      dryRun: z.boolean().default(false).describe('says how many it would touch, and touches none'),
      to: z.string().max(320).optional().describe('of resend: address or number in place of the old one'),
      again: z.boolean().default(false).describe('of resend by ids: also what was sent again before'),
    }),
    answer: z.strictObject({
      dryRun: z.boolean(),
      touched: z.int(),
      notDone: z.int(),
      results: z
        .array(z.strictObject({ id: z.string(), done: z.boolean(), text: z.string(), new: z.string().nullable() }))
        .describe('the first 500; those not done come first'),
    }),
  },
  sendDocument: {
    method: 'POST',
    path: '/api/documents',
    may: bringers,
    tag: 'Documents',
    summary: 'Send a document, or several as one set',
    form: {
      files: 'many',
      fields: z.strictObject({
        type: is.id.describe('document type of the settings'),
        number: z.string().max(200).optional(),
        customer: z.string().max(200).optional(),
        email: z.string().max(2_000).optional().describe('in place of the directory; several separated by ;'),
        fax: z.string().max(2_000).optional().describe('in place of the directory; several separated by ;'),
        subject: z.string().max(500).optional(),
        note: z.string().max(20_000).optional(),
        hold: is.flag.optional().describe('true: waits for a release'),
        at: is.givenTime.optional().describe('not before'),
      }),
    },
    idempotent: true,
    status: 201,
    answer: is.taken,
  },
  getDocument: {
    method: 'GET',
    path: '/api/documents/{id}/content',
    may: readers,
    tag: 'Documents',
    summary: 'The bytes of a document as they were taken in',
    params: byId,
    answer: { bytes: 'application/octet-stream' },
  },
} satisfies Record<string, Route>;

const ways = {
  listTransports: {
    method: 'GET',
    path: '/api/transports',
    may: readers,
    tag: 'Transports',
    summary: 'The ways out: limits, state in words with the next step, what waits',
    answer: z.strictObject({ items: z.array(is.transport) }),
  },
  pauseTransport: {
    method: 'POST',
    path: '/api/transports/{name}/pause',
    may: desk,
    tag: 'Transports',
    summary: 'Send nothing through it until it is resumed',
    params: byName,
    body: z.strictObject({ reason: is.words.optional() }),
    status: 204,
    answer: nothing,
  },
  resumeTransport: {
    method: 'POST',
    path: '/api/transports/{name}/resume',
    may: desk,
    tag: 'Transports',
    summary: 'Let a paused transport go on',
    params: byName,
    status: 204,
    answer: nothing,
  },
  testTransport: {
    method: 'POST',
    path: '/api/transports/{name}/test',
    may: admins,
    tag: 'Transports',
    summary: 'Try it step by step, or send a real test message',
    params: byName,
    body: z.strictObject({ to: z.string().max(320).optional() }),
    answer: z.strictObject({
      ok: z.boolean(),
      steps: z.array(z.strictObject({ step: z.string(), ok: z.boolean(), text: z.string(), ms: z.number() })),
      transcript: z.string(),
    }),
  },
  listSuppressions: {
    method: 'GET',
    path: '/api/suppressions',
    may: readers,
    tag: 'Customers',
    summary: 'Addresses and numbers that are not to be used',
    answer: z.strictObject({ items: z.array(is.suppression) }),
  },
  suppress: {
    method: 'POST',
    path: '/api/suppressions',
    may: desk,
    tag: 'Customers',
    summary: 'Do not use an address from now on',
    body: z.strictObject({
      address: z.string().min(1).max(320),
      reason: is.words.optional(),
      until: is.givenTime.optional(),
    }),
    status: 201,
    answer: is.suppression,
  },
  liftSuppression: {
    method: 'DELETE',
    path: '/api/suppressions/{address}',
    may: desk,
    tag: 'Customers',
    summary: 'Use an address again',
    params: z.strictObject({ address: z.string().min(1).max(320) }),
    status: 204,
    answer: nothing,
  },
  events: {
    method: 'GET',
    path: '/api/events',
    may: readers,
    tag: 'Live',
    summary: 'Server-sent events: what waits and what needs a person, as it changes; goes on behind Last-Event-ID',
    answer: { bytes: 'text/event-stream' },
  },
} satisfies Record<string, Route>;

const directory = {
  listCustomers: {
    method: 'GET',
    path: '/api/customers',
    may: readers,
    tag: 'Customers',
    summary: 'The directory, by number',
    query: z.strictObject({ ...is.paging, search: z.string().min(1).max(200).optional() }),
    answer: is.pageOf(is.customer),
  },
  getCustomer: {
    method: 'GET',
    path: '/api/customers/{number}',
    may: readers,
    tag: 'Customers',
    summary: 'One customer with addresses, delivery rules and history',
    params: z.strictObject({ number: z.string().min(1).max(200) }),
    answer: z.strictObject({ ...is.customer.shape, history: z.array(is.event) }),
  },
  setAddresses: {
    method: 'PUT',
    path: '/api/customers/{number}/addresses',
    may: desk,
    tag: 'Customers',
    summary: 'Change addresses; what a person gave is not overwritten by an import',
    params: z.strictObject({ number: z.string().min(1).max(200) }),
    body: is.addresses.partial(),
    answer: is.customer,
  },
  importCustomers: {
    method: 'POST',
    path: '/api/customers/import',
    may: bringers,
    tag: 'Customers',
    summary: 'Take customers from a CSV file, or show what that would change',
    form: {
      files: 'one',
      fields: z.strictObject({ dryRun: is.flag.optional(), map: z.enum(['plain', 'sage100']).optional() }),
    },
    answer: is.customerImport,
  },
} satisfies Record<string, Route>;

const administration = {
  exportSettings: {
    method: 'GET',
    path: '/api/settings',
    may: admins,
    tag: 'Settings',
    summary: 'The settings as YAML; secrets are never in it',
    answer: z.strictObject({ text: z.string() }),
  },
  applySettings: {
    method: 'POST',
    path: '/api/settings',
    may: admins,
    tag: 'Settings',
    summary: 'Take settings from YAML, all of it or nothing; dryRun shows the difference',
    body: z.strictObject({ text: z.string().max(5_000_000), dryRun: z.boolean().default(false) }),
    answer: z.strictObject({
      dryRun: z.boolean(),
      changes: z.array(
        z.strictObject({
          section: z.string(),
          name: z.string(),
          kind: z.enum(['new', 'changed', 'removed']),
          lines: z.array(z.string()),
        }),
      ),
      customers: z.int(),
      notes: z.array(z.string()),
    }),
  },
  listUsers: {
    method: 'GET',
    path: '/api/users',
    may: auditors,
    tag: 'Users',
    summary: 'The people who may sign in',
    answer: z.strictObject({ items: z.array(is.user) }),
  },
  makeUser: {
    method: 'POST',
    path: '/api/users',
    may: admins,
    tag: 'Users',
    summary: 'A new user',
    body: z.strictObject({
      name: is.accountName,
      password: is.password,
      role: is.role,
      anyAddress: z.boolean().default(false),
    }),
    status: 201,
    answer: is.user,
  },
  changeUser: {
    method: 'PATCH',
    path: '/api/users/{name}',
    may: admins,
    tag: 'Users',
    summary: 'Change role, right, password, or whether this user may sign in',
    params: byName,
    body: z.strictObject({
      role: is.role.optional(),
      anyAddress: z.boolean().optional(),
      password: is.password.optional(),
      disabled: z.boolean().optional(),
    }),
    answer: is.user,
  },
  listKeys: {
    method: 'GET',
    path: '/api/keys',
    may: auditors,
    tag: 'Users',
    summary: 'Keys of programs, without the keys themselves',
    answer: z.strictObject({ items: z.array(is.apiKey) }),
  },
  makeKey: {
    method: 'POST',
    path: '/api/keys',
    may: admins,
    tag: 'Users',
    summary: 'A new key; it is shown in this answer only',
    body: z.strictObject({ name: z.string().min(1).max(100), role: is.role, anyAddress: z.boolean().default(false) }),
    status: 201,
    answer: z.strictObject({ ...is.apiKey.shape, key: z.string() }),
  },
  revokeKey: {
    method: 'DELETE',
    path: '/api/keys/{id}',
    may: admins,
    tag: 'Users',
    summary: 'Revoke a key',
    params: byId,
    status: 204,
    answer: nothing,
  },
  audit: {
    method: 'GET',
    path: '/api/audit',
    may: auditors,
    tag: 'Users',
    summary: 'Who did what to settings, users, keys, transports, customers or suppressions, newest first',
    query: z.strictObject({ subject: is.subject.default('setting'), ...is.paging }),
    answer: is.pageOf(is.event),
  },
} satisfies Record<string, Route>;

export const contract = { ...session, ...messages, ...ways, ...directory, ...administration };

export type Contract = typeof contract;
export type RouteName = keyof Contract;
