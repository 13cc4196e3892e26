// The HTTP server: Fastify with the routes of the contract, its own pages, what monitors ask, and problem details for all that fails.
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { OutboxError, wordsOf } from '../message/errors.ts';
import { newId } from '../store/id.ts';
import { callerOf, demandAccess } from './caller.ts';
import { handlers } from './handlers.ts';
import { commonHeaders } from './headers.ts';
import { healthOf, readiness } from './health.ts';
import { openMetrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { apiPage, type Page, setupPage } from './pages.ts';
import type { ServerParts } from './parts.ts';
import { knownError, problemOf, problemType, statusOf } from './problem.ts';
import { registerRoutes } from './register.ts';

export interface Tls {
  /** PEM. */
  cert: Buffer;
  key: Buffer;
}

/** A request with its body must have come in this time; an upload is given up earlier when nothing comes. */
const requestMs = 15 * 60_000;

function answerProblems(app: FastifyInstance, parts: ServerParts): void {
  const send = (reply: FastifyReply, error: OutboxError): FastifyReply => {
    if (error.code === 'OBX234') void reply.header('retry-after', error.facts.seconds);
    if (error.code === 'OBX232') void reply.header('www-authenticate', 'Bearer');
    // What was not read to its end is no beginning of a next request.
    if (error.code === 'OBX237' || error.code === 'OBX238') void reply.header('connection', 'close');
    return reply
      .code(statusOf(error))
      .type(problemType)
      .send(JSON.stringify(problemOf(error, reply.request.id)));
  };
  app.setErrorHandler((error, request, reply) => {
    const known = knownError(error);
    if (known) return send(reply, known);
    const words = error instanceof Error ? (error.stack ?? error.message) : wordsOf(error);
    parts.tell(
      `Outbox itself failed at request ${request.id} (${request.method} ${request.routeOptions.url}).\n${words}`,
    );
    return send(reply, new OutboxError('OBX246', {}, error));
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!;
    return send(reply, new OutboxError('OBX230', { method: request.method, path }));
  });
}

function servePages(app: FastifyInstance, parts: ServerParts): void {
  const serve = (path: string, { html, policy }: Page): void => {
    app.get(path, (_, reply) =>
      reply.headers(commonHeaders(parts, policy)).type('text/html; charset=utf-8').send(html),
    );
  };
  serve('/api', apiPage());
  serve('/setup', setupPage());
  const description = openApi(parts.version);
  app.get('/api/openapi.json', () => description);
}

function serveMonitors(app: FastifyInstance, parts: ServerParts): void {
  const { opened, isLocal } = parts;
  const metrics = openMetrics(app, opened, parts.now);
  const json = (reply: FastifyReply, code: number, value: unknown): FastifyReply =>
    reply
      .code(code)
      .type('application/json')
      .send(`${JSON.stringify(value)}\n`);
  app.get('/health', async (request, reply) => {
    const mayKnow = isLocal || (await callerOf(parts, request)) !== null;
    try {
      const health = await healthOf(opened);
      return await json(reply, health.ok ? 200 : 503, mayKnow ? health : { ok: health.ok });
    } catch (error) {
      return json(reply, 503, mayKnow ? { ok: false, error: wordsOf(error) } : { ok: false });
    }
  });
  app.get('/healthz', () => ({ ok: true }));
  app.get('/readyz', async (_, reply) => {
    const { ok, error } = await readiness(opened);
    return json(reply, ok ? 200 : 503, isLocal && error !== undefined ? { ok, error } : { ok });
  });
  app.get('/metrics', async (request, reply) => {
    if (!isLocal) demandAccess('signed-in', await callerOf(parts, request));
    return reply.type(metrics.contentType).send(await metrics.text());
  });
}

/** So long the requests under way have when it stops. */
const graceMs = 5_000;

/** Ends those who watch, lets what is under way come to its end, and cuts what does not. */
export async function closeApp(app: FastifyInstance, { live }: Pick<ServerParts, 'live'>): Promise<void> {
  await live.stop();
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close().finally(() => clearTimeout(cut));
}

/** Ready to listen. */
export async function buildApp(parts: ServerParts, tls: Tls | null): Promise<FastifyInstance> {
  const app = fastify({
    ...(tls === null ? {} : { https: { ...tls, minVersion: 'TLSv1.2' as const } }),
    logger: false,
    genReqId: () => newId(),
    trustProxy: parts.behindProxy ? ['loopback', 'uniquelocal'] : false,
    bodyLimit: parts.bounds.body,
    requestTimeout: requestMs,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 400 },
  }) as unknown as FastifyInstance;
  // What is neither JSON nor a form no page of another site can be kept from sending.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ ...commonHeaders(parts), 'x-request-id': request.id });
    done();
  });
  await app.register(cookie);
  await app.register(multipart, { throwFileSizeLimit: false });
  answerProblems(app, parts);
  registerRoutes(app, handlers, parts);
  servePages(app, parts);
  serveMonitors(app, parts);
  return app;
}
