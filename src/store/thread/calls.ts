// What goes between a thread and the thread of the queue: calls in batches, their answers, and the database's troubles.
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { Steps } from '../steps.ts';

export interface Call {
  id: number;
  step: keyof Steps;
  given: unknown[];
}

/** An error loses its class on the way. */
export type Failure = { message: string } & Partial<Pick<OutboxError, 'code' | 'facts'>>;

export type Answer = { id: number } & ({ value: unknown } | { failure: Failure });

export type FromThread = 'open' | Answer[] | { trouble: Failure | null };

/** 'close': ends when what was called before is answered. */
export type ToThread = Call[] | 'close';

export function failureOf(error: unknown): Failure {
  const message = wordsOf(error);
  return error instanceof OutboxError ? { message, code: error.code, facts: error.facts } : { message };
}

export const errorOf = ({ message, code, facts }: Failure): Error =>
  code === undefined ? new Error(message) : new OutboxError(code, facts, new Error(message));
