// One question to a token endpoint, and its answer: RFC 6749, 4.4.2, 5.1 and 5.2.
import { createHash } from 'node:crypto';
import { wordsOf } from '../../message/errors.ts';
import type { Granted } from './grant.ts';
import { TokenFault } from './token-fault.ts';

/** The endpoint said no. */
export interface Refusal {
  status: number;
  /** RFC 6749, 5.2: invalid_client, invalid_grant, ... Empty when it said nothing readable. */
  error: string;
  /** In one line, without our secrets. */
  description: string;
  retryAfterMs: number | null;
}

export interface Question {
  url: string;
  form: Readonly<Record<string, string>>;
  /** Values of the form that must not come back in an error. */
  secrets: readonly string[];
}

const waitMs = 30_000;
const longestAnswer = 256 * 1024;
/** Only recommended in an answer (RFC 6749, 5.1). */
const usualLifetimeMs = 10 * 60_000;
/** What may stand in a header or in SASL. RFC 6750, 2.1. */
const tokenShape = /^[A-Za-z0-9._~+/=-]+$/;

export const digestOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** As they are, and as a form or an address has them. */
const hide = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret), new URLSearchParams({ s: secret }).toString().slice(2)])
    .reduce((shown, secret) => shown.replaceAll(secret, '(secret)'), text);

/** The first sentences: ids for Microsoft's support follow, and may be long. */
const oneLine = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/ ?Trace ID: .*/, '')
    .trim()
    .slice(0, 300);

function parse(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Seconds; a date is rare here and not worth a parser. RFC 9110, 10.2.3 */
const pauseOf = (header: string | null): number | null =>
  header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1_000 : null;

function grantedBy(answer: Record<string, unknown>, host: string): Granted {
  const token = text(answer['access_token']);
  if (!tokenShape.test(token)) {
    throw new TokenFault('connect', 'OBX171', { host, detail: 'it answered what is no token' });
  }
  const seconds = Number(answer['expires_in']);
  return {
    token,
    lifetimeMs: seconds > 0 ? seconds * 1_000 : usualLifetimeMs,
    refreshToken: text(answer['refresh_token']) || null,
  };
}

async function post(
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<{ response: Response; body: string }> {
  // A redirect would carry the secret to somebody else.
  const signal = AbortSignal.timeout(waitMs);
  const headers = { Accept: 'application/json' };
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    body: new URLSearchParams(form),
    headers,
    signal,
  });
  return { response, body: (await response.text()).slice(0, longestAnswer) };
}

/** The words of `fetch` are "fetch failed"; why stands in its cause. */
const why = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? wordsOf(error.cause) || wordsOf(error) : wordsOf(error);

/**
 * @returns the token, or the refusal
 * @throws TokenFault (connect) when there is no answer, or none that can be read
 */
export async function askForToken({ url, form, secrets }: Question): Promise<Granted | Refusal> {
  const { host } = new URL(url);
  let answered: Awaited<ReturnType<typeof post>>;
  try {
    answered = await post(url, form);
  } catch (error) {
    throw new TokenFault('connect', 'OBX171', { host, detail: hide(why(error), secrets) });
  }
  const { response, body } = answered;
  const answer = parse(body);
  if (response.ok) return grantedBy(answer, host);
  const retryAfterMs = pauseOf(response.headers.get('Retry-After'));
  if (response.status >= 500 || response.status === 429 || answer['error'] === 'temporarily_unavailable') {
    const detail = `it answered ${response.status}`;
    throw new TokenFault('connect', 'OBX171', { host, detail }, { retryAfterMs });
  }
  const description = hide(oneLine(text(answer['error_description'])), secrets);
  return {
    status: response.status,
    error: hide(text(answer['error']).slice(0, 100), secrets),
    description,
    retryAfterMs,
  };
}
