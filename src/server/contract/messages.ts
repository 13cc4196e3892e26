// Routes of batches, messages and documents.
import { z } from 'zod';
import type { Route } from '../route.ts';
import * as is from '../shapes.ts';
import { bringers, byId, desk, readers } from './common.ts';

export const messages = {
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
