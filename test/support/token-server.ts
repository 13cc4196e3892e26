// An HTTP server that answers token requests as a test's endpoint decides, and counts them.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export interface TokenServer {
  /** "http://127.0.0.1:PORT" */
  origin: string;
  requests: number;
  /** The most that were under way at once. */
  mostAtOnce: number;
  /** All forms that came. */
  forms: URLSearchParams[];
  /** A fault in place of the next answers, as long as it is set; 'drop' cuts the line. */
  fault: Answer | 'drop' | null;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** @param delayMs before each answer, so that requests at the same time would be seen */
export async function startTokenServer(
  t: TestContext,
  answer: (path: string, form: URLSearchParams, self: TokenServer) => Answer,
  delayMs = 0,
): Promise<TokenServer> {
  const state: TokenServer = { origin: '', requests: 0, mostAtOnce: 0, forms: [], fault: null };
  let atOnce = 0;
  const server = createServer((request, response) => {
    void (async () => {
      state.requests++;
      state.mostAtOnce = Math.max(state.mostAtOnce, ++atOnce);
      const form = await readForm(request);
      state.forms.push(form);
      if (delayMs > 0) await wait(delayMs);
      atOnce--;
      if (state.fault === 'drop') return void response.destroy();
      const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
      const isAsked = request.method === 'POST' && isForm;
      const wrong: Answer = { status: 400, body: { error: 'invalid_request', error_description: 'POST a form.' } };
      const { status, body, headers } = state.fault ?? (isAsked ? answer(request.url ?? '', form, state) : wrong);
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  state.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}
