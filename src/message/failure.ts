// Errors on their way between threads: what is copied over loses its class, so that of ours goes as code and facts.
import { type ErrorCode, OutboxError, wordsOf } from './errors.ts';

export type Failure = { code: ErrorCode; facts: Record<string, string | number>; cause: unknown } | { error: unknown };

/** An error can be copied, anything else that was thrown perhaps not. */
const copied = (error: unknown): Error => (error instanceof Error ? error : new Error(wordsOf(error)));

export const failureOf = (error: unknown): Failure =>
  error instanceof OutboxError
    ? { code: error.code, facts: error.facts, cause: copied(error.cause) }
    : { error: copied(error) };

export const errorOf = (failure: Failure): unknown =>
  'error' in failure ? failure.error : new OutboxError(failure.code, failure.facts, failure.cause);
