// Routes of transports, addresses not to be used, and of what changes now.
import { z } from 'zod';
import type { Route } from '../route.ts';
import * as is from '../shapes.ts';
import { admins, byName, desk, nothing, readers } from './common.ts';

export const ways = {
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
