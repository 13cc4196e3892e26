// One answer of Microsoft Graph, read with care: a body may be empty, cut, or no JSON at all.

export interface Answer {
  status: number;
  /** Such as "ErrorAccessDenied"; empty where there is none. */
  code: string;
  /** The words of the error; empty where there is none. */
  words: string;
  /** From Retry-After; null where there is none. */
  retryAfterMs: number | null;
  /** Undefined where the body is not JSON. */
  json: unknown;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under a path of keys; undefined where there is none. */
export function at(value: unknown, ...keys: string[]): unknown {
  let found = value;
  for (const key of keys) found = isMapping(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return found;
}

/** A text under a path of keys; empty where there is none. */
export function textAt(value: unknown, ...keys: string[]): string {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : '';
}

/** RFC 9110 10.2.3: seconds, or a date. */
export function readRetryAfter(written: string | null, now: number): number | null {
  if (written === null) return null;
  if (/^\d{1,6}$/.test(written.trim())) return Number(written) * 1000;
  const date = Date.parse(written);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

const longestWords = 500;

/** @param body as it came; empty where it was cut */
export function readAnswer(status: number, body: string, retryAfter: string | null, now: number): Answer {
  const json = parse(body);
  const code = textAt(json, 'error', 'code');
  const words = textAt(json, 'error', 'message') || (status >= 400 && json === undefined ? body : '');
  return {
    status,
    code,
    words: words.replace(/\s+/g, ' ').trim().slice(0, longestWords),
    retryAfterMs: readRetryAfter(retryAfter, now),
    json,
  };
}

/** "403 ErrorAccessDenied Access is denied." */
export const wordsOfAnswer = ({ status, code, words }: Answer): string =>
  [String(status), code, words].filter(Boolean).join(' ');
