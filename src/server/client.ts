// The typed client of the API, for the command line and the web: every route of the contract as a function.
import { z } from 'zod';
import { type Contract, contract, type RouteName } from './contract.ts';
import type { Answer, Asked, Route } from './route.ts';

/** An answer that is a problem (RFC 9457): `message` is its sentence. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  constructor(
    status: number,
    { code = '', hint = '', detail = '' }: { code?: string; hint?: string; detail?: string },
  ) {
    super(detail || `HTTP ${status}`);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

export interface ClientOptions {
  /** Of the server, such as "http://127.0.0.1:8025"; empty: of the page itself. */
  url: string;
  /** API key; null: the cookie of the browser. */
  key: string | null;
}

type Given<R extends Route> = { [K in keyof Asked<R> as Asked<R>[K] extends undefined ? never : K]: Asked<R>[K] } & {
  /** Names and bytes, of routes that take files. */
  files?: readonly { name: string; bytes: Uint8Array<ArrayBuffer> }[];
  /** The same key is never made twice. */
  key?: string;
};

type Optional<R extends Route> = Given<R> extends infer G ? (object extends G ? [given?: G] : [given: G]) : never;

export type Client = { [N in RouteName]: (...given: Optional<Contract[N]>) => Promise<Answer<Contract[N]>> };

interface Anything {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  form?: Record<string, unknown>;
  files?: readonly { name: string; bytes: Uint8Array<ArrayBuffer> }[];
  key?: string;
}

function addressOf({ path }: Route, { params = {}, query = {} }: Anything): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(wanted.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? filled : `${filled}?${search}`;
}

function contentOf(
  route: Route,
  { body, form = {}, files = [] }: Anything,
): { body?: string | FormData; type?: string } {
  if (route.form) {
    const data = new FormData();
    for (const [name, value] of Object.entries(form)) if (value !== undefined) data.set(name, String(value));
    for (const { name, bytes } of files) data.append('file', new Blob([bytes]), name);
    return { body: data };
  }
  return body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' };
}

async function ask(route: Route, { url, key }: ClientOptions, given: Anything): Promise<unknown> {
  const { body, type } = contentOf(route, given);
  const answer = await fetch(`${url}${addressOf(route, given)}`, {
    method: route.method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(given.key === undefined ? {} : { 'idempotency-key': given.key }),
    },
    ...(body === undefined ? {} : { body }),
  });
  if (!answer.ok) throw new ProblemError(answer.status, (await answer.json().catch(() => ({}))) as object);
  if (answer.status === 204) return undefined;
  if (!(route.answer instanceof z.ZodType)) return new Uint8Array(await answer.arrayBuffer());
  return answer.json();
}

/** @returns functions that throw ProblemError for what the server refuses */
export function openClient(options: ClientOptions): Client {
  const routes = Object.entries(contract) as [RouteName, Route][];
  const calls = routes.map(([name, route]) => [name, (given: Anything = {}) => ask(route, options, given)]);
  return Object.fromEntries(calls) as Client;
}
