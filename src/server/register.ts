// Makes Fastify routes of the contract: who asks, whether that one may, what was given, what is answered.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OutboxError } from '../message/errors.ts';
import { type Call, type Handlers, sent } from './call.ts';
import { type Caller, callerOf, demandAccess, demandOwnPage, hasKey, sessionIn } from './caller.ts';
import { contract, type RouteName } from './contract.ts';
import type { ServerParts } from './parts.ts';
import type { Route } from './route.ts';
import { withUpload } from './upload.ts';

type AnyHandler = (given: unknown, call: Call) => Promise<unknown>;

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** One fault after the other, each with its place. */
const faultText = (place: string, { issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${[place, ...path].join('.')}: ${message}`).join('; ');

/** No text of people has NUL in it, and not every database can keep it. */
function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  return typeof value === 'object' && value !== null && Object.entries(value).some((pair) => pair.some(hasNul));
}

/** @throws OBX231 */
function parsed(schema: z.ZodType | undefined, place: string, value: unknown): unknown {
  if (!schema) return undefined;
  const found = schema.safeParse(value);
  if (!found.success) throw new OutboxError('OBX231', { detail: faultText(place, found.error) });
  // Looked for in what has the right form: that is never nested deep.
  if (hasNul(found.data)) throw new OutboxError('OBX231', { detail: `${place} holds the character NUL` });
  return found.data;
}

const readGiven = ({ params, query, body }: Route, request: FastifyRequest) => ({
  params: parsed(params, 'path', request.params),
  query: parsed(query, 'query', request.query),
  body: parsed(body, 'body', request.body ?? {}),
  form: undefined as unknown,
});

/** Before anything of the body is read. @throws OBX232, OBX233, OBX236 */
async function admit(route: Route, parts: ServerParts, request: FastifyRequest): Promise<void> {
  request.caller = await callerOf(parts, request);
  if (!hasKey(request)) demandOwnPage(request, sessionIn(parts, request) !== null);
  demandAccess(route.may, request.caller);
}

function send({ answer }: Route, parts: ServerParts, reply: FastifyReply, value: unknown): FastifyReply {
  if (value === sent) return reply;
  if (parts.checkAnswers && answer instanceof z.ZodType) answer.parse(value);
  return reply.send(value);
}

function answerer(route: Route, handler: AnyHandler, parts: ServerParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const given = readGiven(route, request);
    const { caller } = request;
    const call: Call = { parts, caller, request, reply, files: [] };
    const { form } = route;
    if (route.status) void reply.code(route.status);
    if (!form) return send(route, parts, reply, await handler(given, call));
    const { files, fileSize, table } = parts.bounds;
    const most = form.files === 'one' ? { files: 1, fileSize: table } : { files, fileSize };
    const answer = await withUpload(parts, request, most, ({ fields, files }) => {
      given.form = parsed(form.fields, 'form', fields);
      return handler(given, { ...call, files });
    });
    return send(route, parts, reply, answer);
  };
}

/** @param handlers one for each route of the contract */
export function registerRoutes(app: FastifyInstance, handlers: Handlers, parts: ServerParts): void {
  app.decorateRequest('caller', null);
  for (const [name, route] of Object.entries(contract) as [RouteName, Route][]) {
    app.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ':$1'),
      bodyLimit: route.form ? parts.bounds.fileSize * parts.bounds.files : parts.bounds.body,
      onRequest: (request) => admit(route, parts, request),
      handler: answerer(route, handlers[name] as AnyHandler, parts),
    });
  }
}
