// Errors as problem details (RFC 9457): the code, the sentence and the next step of the catalogue.
import { type ErrorCode, OutboxError, wordsOf } from '../message/errors.ts';

const byKind = { usage: 400, unready: 503, failed: 409 } as const;

const byCode: Partial<Record<ErrorCode, number>> = {
  OBX009: 404,
  OBX014: 409,
  OBX026: 507,
  OBX230: 404,
  OBX232: 401,
  OBX233: 403,
  OBX234: 429,
  OBX235: 401,
  OBX236: 403,
  OBX237: 413,
  OBX238: 408,
  OBX239: 403,
  OBX242: 403,
  OBX243: 415,
  OBX244: 409,
  OBX245: 409,
  OBX246: 500,
  OBX247: 422,
};

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  hint: string;
  instance: string;
  faults?: unknown[];
}

export const problemType = 'application/problem+json';

export const statusOf = ({ code, kind }: OutboxError): number => byCode[code] ?? byKind[kind];

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  408: 'Too slow',
  409: 'Not possible now',
  413: 'Too large',
  415: 'Unknown form',
  422: 'Refused',
  429: 'Too many tries',
  500: 'Outbox failed',
  503: 'Not ready',
  507: 'No space',
};

/** @param instance number of the request */
export function problemOf(error: OutboxError, instance: string): Problem {
  const status = statusOf(error);
  const { code, message, hint } = error;
  const faults = 'faults' in error ? { faults: error.faults as unknown[] } : {};
  return {
    type: 'about:blank',
    title: titles[status] ?? 'Problem',
    status,
    detail: message,
    code,
    hint,
    instance,
    ...faults,
  };
}

/** What Fastify and its plugins throw carries an HTTP status. */
const httpStatusOf = (error: unknown): number | null => {
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : null;
};

/** Null for what is a bug of ours: whoever called must not hear its words. */
export function knownError(error: unknown): OutboxError | null {
  if (error instanceof OutboxError) return error;
  const status = httpStatusOf(error);
  const detail = wordsOf(error);
  if (status === null) return error instanceof Error && error.cause instanceof OutboxError ? error.cause : null;
  if (status === 413) return new OutboxError('OBX237', { detail }, error);
  if (status === 415 || status === 406) return new OutboxError('OBX243', { detail }, error);
  return new OutboxError('OBX231', { detail }, error);
}
