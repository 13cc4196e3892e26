// What it means for a message that no token could be had.
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { Reason } from '../../message/reasons.ts';
import { TokenFault } from './token-fault.ts';

export interface TokenTrouble {
  fault: TokenFault['fault'];
  reason: Reason;
  /** What happened, and the next step. */
  text: string;
  retryAfterMs: number | null;
}

/** @param error what `TokenSource.token` threw; one that says nothing of its class waits for a person */
export function troubleOf(error: unknown): TokenTrouble {
  const fault = error instanceof TokenFault ? error.fault : 'auth';
  return {
    fault,
    reason: fault === 'connect' ? 'network' : 'authentication',
    text: error instanceof OutboxError ? `${error.message} → ${error.hint}` : wordsOf(error),
    retryAfterMs: error instanceof TokenFault ? error.retryAfterMs : null,
  };
}
