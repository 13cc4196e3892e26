// Requests to Microsoft Graph: with the token, a place among four, a time limit, and a line in the transcript.
import { asOneLine } from '../../message/control-characters.ts';
import type { TokenSource } from '../oauth/token-source.ts';
import { type TokenTrouble, troubleOf } from '../oauth/token-trouble.ts';
import type { Transcript } from '../smtp/transcript.ts';
import { type Answer, readAnswer, wordsOfAnswer } from './answer.ts';
import type { Slots } from './slots.ts';

export interface Call {
  method: 'GET' | 'POST' | 'DELETE';
  /** Behind the base URL; parts encoded. */
  path: string;
  json?: unknown;
  /** Base64 of a MIME message. */
  mime?: string;
}

/** A range of a file, RFC 9110 14.4. */
export interface Range {
  from: number;
  /** Of the whole file. */
  total: number;
  bytes: Uint8Array;
}

export interface GraphClient {
  /** @throws NoAnswer, NoToken */
  call(call: Call): Promise<Answer>;
  /** To an upload URL, which is a key by itself: without the token. @throws NoAnswer */
  put(url: string, range: Range): Promise<Answer>;
  /** The path of a link to the next page; null where it leads elsewhere. */
  pathOf(link: string): string | null;
  transcript: Transcript;
}

export interface GraphParts {
  baseUrl: string;
  tokens: TokenSource;
  slots: Slots;
  transcript: Transcript;
  /** Of one request, milliseconds. */
  timeoutMs: number;
}

/** The line broke or was silent: what became of the request is not known, unless it never left. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** False: the request provably did not reach the other side. */
  readonly mayHaveArrived: boolean;
  readonly isTls: boolean;
  constructor(message: string, mayHaveArrived: boolean, isTls = false, cause?: unknown) {
    super(message, { cause });
    this.mayHaveArrived = mayHaveArrived;
    this.isTls = isTls;
  }
}

/** No token could be had: nothing was asked of Graph. */
export class NoToken extends Error {
  override readonly name = 'NoToken';
  readonly trouble: TokenTrouble;
  constructor(cause: unknown) {
    const trouble = troubleOf(cause);
    super(trouble.text, { cause });
    this.trouble = trouble;
  }
}

const beforeTheRequest = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];
const ofTls = /CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO_/;
/** Found out before a request is written; other faults of TLS may come in the middle. */
const ofCertificate = /CERT|SELF_SIGNED|UNABLE_TO_/;

/** `fetch` hides the reason in the cause. */
function noAnswer(error: unknown, timeoutMs: number): NoAnswer {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new NoAnswer(`No answer within ${Math.round(timeoutMs / 1000)} s.`, true, false, error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const words = cause instanceof Error ? cause.message || code : String(cause);
  const isBefore = beforeTheRequest.includes(code) || ofCertificate.test(code);
  return new NoAnswer(`The line broke: ${words}`, !isBefore, ofTls.test(code), error);
}

const octets = (size: number): string => `${size} octets`;

interface Sent {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | null;
  /** What the transcript shows. */
  shown: string;
}

async function exchange(sent: Sent, { transcript, timeoutMs }: GraphParts): Promise<Answer> {
  transcript.client(sent.shown);
  const from = performance.now();
  try {
    const response = await fetch(sent.url, {
      method: sent.method,
      headers: sent.headers,
      body: sent.body,
      // Another host would get the token.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    // The status line is the answer; a body that is cut takes nothing from it.
    const body = await response.text().catch(() => '');
    const answer = readAnswer(response.status, body, response.headers.get('retry-after'), Date.now());
    const pause = answer.retryAfterMs === null ? '' : `, Retry-After ${answer.retryAfterMs / 1000} s`;
    transcript.server(`${wordsOfAnswer(answer)} (${Math.round(performance.now() - from)} ms${pause})`);
    return answer;
  } catch (error) {
    const fault = noAnswer(error, timeoutMs);
    transcript.note(`${fault.message} (${Math.round(performance.now() - from)} ms)`);
    throw fault;
  }
}

function toSend({ method, path, json, mime }: Call, baseUrl: string, token: string): Sent {
  // The id of an item stays the same when sending moves it to Sent Items (learn.microsoft.com: outlook-immutable-id).
  const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Prefer: 'IdType="ImmutableId"' };
  const body = mime ?? (json === undefined ? null : JSON.stringify(json));
  if (mime !== undefined) headers['Content-Type'] = 'text/plain';
  else if (json !== undefined) headers['Content-Type'] = 'application/json';
  const what = body === null ? '' : ` (${headers['Content-Type']}, ${octets(Buffer.byteLength(body))})`;
  return {
    url: `${baseUrl}${path}`,
    method,
    headers,
    body,
    shown: `${method} ${asOneLine(decodeURIComponent(path))}${what}`,
  };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host.startsWith('127.') || host === '[::1]';

/** The content of documents goes to this address: never in clear over a network. @throws NoAnswer */
function checkedUploadUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed && (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLoopback(parsed.hostname))))
    return parsed;
  throw new NoAnswer('Microsoft Graph named no usable address for the upload.', false);
}

export function openGraphClient(parts: GraphParts): GraphClient {
  const { baseUrl, tokens, slots } = parts;

  const nextToken = async (): Promise<string> => {
    try {
      return await tokens.token();
    } catch (error) {
      const fault = new NoToken(error);
      parts.transcript.note(fault.message);
      throw fault;
    }
  };

  return {
    transcript: parts.transcript,
    async call(call) {
      const token = await nextToken();
      const answer = await slots.run(() => exchange(toSend(call, baseUrl, token), parts));
      if (answer.status !== 401) return answer;
      // A refused token did nothing: the same request goes once more, with a new one.
      tokens.refused(token);
      const fresh = await nextToken();
      return slots.run(() => exchange(toSend(call, baseUrl, fresh), parts));
    },
    pathOf: (link) => (link.startsWith(`${baseUrl}/`) ? link.slice(baseUrl.length) : null),
    put(url, { from, total, bytes }) {
      const target = checkedUploadUrl(url);
      const range = `bytes ${from}-${from + bytes.length - 1}/${total}`;
      const body = new Uint8Array(bytes);
      const headers = { 'Content-Type': 'application/octet-stream', 'Content-Range': range };
      const shown = `PUT ${target.origin}${target.pathname} (${range})`;
      return slots.run(() => exchange({ url, method: 'PUT', headers, body, shown }, parts));
    },
  };
}
