// GET /metrics for Prometheus: read from the database when it is asked for, so that any server tells of all workers.
import { statfs } from 'node:fs/promises';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FastifyInstance } from 'fastify';
import type { Opened } from '../desk/opened.ts';
import { OutboxError } from '../message/errors.ts';
import type { Settings } from '../message/settings.ts';
import type { Count } from '../store/messages.ts';

/** Counting a million messages takes a while: what is younger than this is told again. */
const freshMs = 15_000;

const settingsOrNull = ({ settings }: Opened): Promise<Settings | null> =>
  settings().catch((error: unknown) => {
    if (error instanceof OutboxError) return null;
    throw error;
  });

type Collect = (gauge: Gauge) => Promise<void>;

function gauge(registry: Registry, name: string, help: string, labelNames: string[], collect: Collect): void {
  const made: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    async collect() {
      made.reset();
      await collect(made);
    },
  });
}

function countsOnce({ store }: Opened, now: () => number): () => Promise<Count[]> {
  let known: { at: number; counts: Promise<Count[]> } | null = null;
  return async () => {
    if (known === null || now() - known.at > freshMs) known = { at: now(), counts: store.messages.counts(null) };
    return known.counts;
  };
}

function aboutMessages(registry: Registry, opened: Opened, now: () => number): void {
  const { store } = opened;
  const counts = countsOnce(opened, now);
  gauge(registry, 'outbox_messages', 'Messages', ['state', 'channel', 'transport'], async (of) => {
    for (const { status, channel, transport, count } of await counts())
      of.inc({ state: status, channel, transport: transport ?? '' }, count);
  });
  gauge(registry, 'outbox_uncertain', 'Messages that may have gone, and nobody knows', [], async (of) => {
    const uncertain = (await counts()).filter(({ status }) => status === 'uncertain');
    of.set(uncertain.reduce((sum, { count }) => sum + count, 0));
  });
  gauge(registry, 'outbox_oldest_ready_seconds', 'Since when the message that waits longest is due', [], async (of) => {
    const due = await store.pulse.oldestDue(now());
    of.set(due === null ? 0 : (now() - due) / 1000);
  });
  gauge(registry, 'outbox_late', 'Messages tried again and again for more than four hours', [], async (of) => {
    of.set((await store.forecast.late(null, now())).count);
  });
}

function aboutTransports(registry: Registry, opened: Opened, now: () => number): void {
  const { store } = opened;
  const help = '1 for the state in which the breaker is';
  gauge(registry, 'outbox_breaker_state', help, ['transport', 'state', 'reason'], async (of) => {
    for (const { name, breaker, pausedAt, reason } of await store.transports.all())
      of.set({ transport: name, state: pausedAt === null ? breaker : 'paused', reason: reason ?? '' }, 1);
  });
  gauge(registry, 'outbox_quota_used_ratio', 'Part of the allowance of the rolling day', ['transport'], async (of) => {
    const settings = await settingsOrNull(opened);
    for (const { name, limits } of Object.values(settings?.transports ?? {})) {
      if (limits.perDay === null) continue;
      const used = await store.forecast.usedByHour(name, now());
      of.set({ transport: name }, used.values().reduce((sum, count) => sum + count, 0) / limits.perDay);
    }
  });
  gauge(registry, 'outbox_disk_free_bytes', 'Free space of the data folder', [], async (of) => {
    const { bavail, bsize } = await statfs(opened.data);
    of.set(bavail * bsize);
  });
}

export interface Metrics {
  text(): Promise<string>;
  contentType: string;
}

/** Counts the requests of `app` from now on. */
export function openMetrics(app: FastifyInstance, opened: Opened, now: () => number): Metrics {
  const registry = new Registry();
  aboutMessages(registry, opened, now);
  aboutTransports(registry, opened, now);
  const registers = [registry];
  const seconds = new Histogram({
    name: 'outbox_http_request_seconds',
    help: 'Time until an answer was sent',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const ingest = new Counter({
    name: 'outbox_ingest_total',
    help: 'Documents that came over the API, by answer',
    labelNames: ['result'],
    registers,
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const status = String(reply.statusCode);
    seconds.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    if (request.method === 'POST' && route === '/api/documents')
      ingest.inc({ result: reply.statusCode < 300 ? 'taken' : 'refused' });
    done();
  });
  return { text: () => registry.metrics(), contentType: registry.contentType };
}
