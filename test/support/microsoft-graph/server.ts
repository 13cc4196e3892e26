// A stand-in for Microsoft Graph with its checks and its faults: what a test can not have is a tenant of Microsoft 365.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type Asked, answerTo, type Said } from './answers.ts';
import { type FakeMailbox, newMailbox } from './mailbox.ts';

/** What a request is for; faults are chosen by it. */
export type Step =
  | 'folder'
  | 'find'
  | 'look'
  | 'draft'
  | 'attachment'
  | 'attachments'
  | 'session'
  | 'upload'
  | 'send'
  | 'delete';

/**
 * `reset-before`: the line is cut and nothing happens. `reset-after`: it is done, then the line is cut. `reset-late`: the line is
 * cut, and it is done when the test says so. `silence`: it is done and never answered.
 */
export type Fault = Said | 'reset-before' | 'reset-after' | 'reset-late' | 'silence';

/** @param count how many requests of this step came before, this one included */
export type FaultPlan = (step: Step, count: number) => Fault | undefined;

export interface FakeGraph {
  baseUrl: string;
  mailbox: FakeMailbox;
  /** "POST send", in order. */
  log: string[];
  /** Tokens that are taken. */
  tokens: Set<string>;
  /** Most requests that were under way at once. */
  most: number;
  /** Does what `reset-late` has put off. */
  doLate(): Promise<void>;
}

export interface GraphWish {
  faults?: FaultPlan;
  /** Of every answer. */
  delayMs?: number;
  /** Answers 200 without storing anything where a MIME message has more octets than that. */
  bug200?: number;
  /** Whether a token is good, where real ones are given out; else those of `tokens` are. */
  checkToken?: (token: string) => boolean;
  /** What an upload session takes at least. */
  leastUpload?: number;
  user?: string;
}

const mostAtOnce = 4;
const mostRequest = 4_194_304;

function stepOf(method: string, path: string): Step | null {
  if (path.startsWith('/upload/')) return 'upload';
  if (/\/mailFolders\/[^/]+$/.test(path)) return 'folder';
  if (path.endsWith('/messages')) return method === 'POST' ? 'draft' : 'find';
  if (path.endsWith('/createUploadSession')) return 'session';
  if (path.endsWith('/attachments')) return method === 'POST' ? 'attachment' : 'attachments';
  if (path.endsWith('/send')) return 'send';
  if (/\/messages\/[^/]+$/.test(path)) return method === 'DELETE' ? 'delete' : 'look';
  return null;
}

const read = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const errorOf = (status: number, code: string, message: string, headers: Record<string, string> = {}): Said => ({
  status,
  headers,
  json: { error: { code, message } },
});

function write(response: ServerResponse, { status, json, headers = {} }: Said): void {
  response.writeHead(status, { ...headers, ...(json === undefined ? {} : { 'Content-Type': 'application/json' }) });
  response.end(json === undefined ? '' : JSON.stringify(json));
}

/** Who may do what; null where all is well. */
function refuseAccess(
  request: IncomingMessage,
  path: string,
  isGood: (token: string) => boolean,
  user: string,
): Said | null {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || !isGood(token))
    return errorOf(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.');
  const asked = decodeURIComponent(/^\/users\/([^/]+)/.exec(path)?.[1] ?? '');
  if (asked === user) return null;
  if (asked.startsWith('no-right')) return errorOf(403, 'ErrorAccessDenied', 'Access is denied.');
  return errorOf(404, 'ErrorInvalidUser', `The requested user '${asked}' is invalid.`);
}

export async function startFakeGraph(t: TestContext, wish: GraphWish = {}): Promise<FakeGraph> {
  const { faults = () => undefined, delayMs = 0, user = 'billing@acme.example' } = wish;
  const counts = new Map<Step, number>();
  const late: (() => Promise<unknown>)[] = [];
  let underWay = 0;
  const graph: FakeGraph = {
    baseUrl: '',
    mailbox: newMailbox(),
    log: [],
    tokens: new Set(['good-token']),
    most: 0,
    async doLate() {
      for (const work of late.splice(0)) await work();
    },
  };

  const isGood = wish.checkToken ?? ((token: string): boolean => graph.tokens.has(token));
  const judge = (request: IncomingMessage, step: Step, path: string, body: Buffer): Said | null => {
    if (body.length > mostRequest && step !== 'upload')
      return errorOf(413, 'RequestEntityTooLarge', 'The maximum request length supported is 4MB.');
    if (step !== 'upload') return refuseAccess(request, path, isGood, user);
    // The URL is the key: a token beside it is refused.
    return request.headers.authorization === undefined
      ? null
      : errorOf(401, 'InvalidAuthenticationToken', 'Remove it.');
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', graph.baseUrl);
    const path = url.pathname.replace(/^\/v1\.0/, '');
    const step = stepOf(request.method ?? '', path);
    const body = await read(request);
    if (step === null) return write(response, errorOf(400, 'BadRequest', `No such resource ${path}`));
    graph.log.push(`${request.method} ${step}`);
    counts.set(step, (counts.get(step) ?? 0) + 1);
    const fault = faults(step, counts.get(step)!);
    if (fault === 'reset-before') return void request.socket.destroy();
    if (typeof fault === 'object') return write(response, fault);
    if (underWay > mostAtOnce)
      return write(
        response,
        errorOf(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', {
          'Retry-After': '1',
        }),
      );
    if (delayMs > 0) await wait(delayMs);
    const asked: Asked = { step, path, query: url.searchParams, headers: request.headers, body, graph, wish };
    const work = async (): Promise<Said> => judge(request, step, path, body) ?? (await answerTo(asked));
    if (fault === 'reset-late') {
      late.push(work);
      return void request.socket.destroy();
    }
    const said = await work();
    if (fault === 'reset-after') return void request.socket.destroy();
    if (fault === 'silence') return;
    write(response, said);
  };

  const server = createServer((request, response) => {
    graph.most = Math.max(graph.most, ++underWay);
    response.once('close', () => underWay--);
    respond(request, response).catch((error: unknown) => {
      write(response, errorOf(500, 'InternalServerError', String(error)));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  graph.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.0`;
  return graph;
}
