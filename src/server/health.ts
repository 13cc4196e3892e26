// GET /health: for a monitor, whether this installation works, and what stops it. 200 well, 503 when a person is needed.
import { createServer, type Server } from 'node:http';
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { Store } from '../store/store.ts';

interface Health {
  ok: boolean;
  queued: number;
  /** Tried again and again for more than four hours. */
  late: number;
  /** By a person, with the reason. */
  paused: { transport: string; text: string }[];
  stopped: { transport: string; text: string }[];
  /** Why nothing is sent at all; null when it is. */
  fault: string | null;
}

/** Why this installation as a whole sends nothing, in words; null when it does. */
type Fault = () => Promise<string | null>;

async function healthOf(store: Store, faultOf: Fault): Promise<Health> {
  const states = await store.transports.all();
  const stopped = states
    .filter(({ breaker }) => breaker === 'open')
    .map(({ name, detail }) => ({ transport: name, text: detail ?? '' }));
  const paused = states
    .filter(({ pausedAt }) => pausedAt !== null)
    .map(({ name, pausedBy, pausedReason }) => ({ transport: name, text: `${pausedBy}: ${pausedReason ?? ''}` }));
  const late = (await store.forecast.late(null, Date.now())).count;
  const counts = await store.messages.counts(null);
  const queued = counts.filter(({ status }) => status === 'queued').reduce((sum, { count }) => sum + count, 0);
  const fault = await faultOf();
  return { ok: stopped.length === 0 && fault === null, queued, late, paused, stopped, fault };
}

/**
 * Listens on this machine only.
 * @throws OBX020 when the port is taken
 */
export async function startHealth(
  store: Store,
  port: number,
  fault: Fault = () => Promise.resolve(null),
): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (code: number, value: unknown): void => {
      response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(`${JSON.stringify(value)}\n`);
    };
    if (request.method !== 'GET' || request.url !== '/health') return answer(404, { error: 'There is only /health.' });
    healthOf(store, fault).then(
      (health) => answer(health.ok ? 200 : 503, health),
      (error: unknown) => answer(503, { ok: false, error: wordsOf(error) }),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new OutboxError('OBX020', { port, detail: wordsOf(error) }, error)));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
