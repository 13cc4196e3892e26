// What it means for a message that no token could be had.
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { Reason } from '../../message/reasons.ts';
import type { FaultClass } from '../../message/transport.ts';

export interface TokenTrouble {
  fault: Extract<FaultClass, 'auth' | 'configuration' | 'connect'>;
  reason: Reason;
  /** What happened, and the next step. */
  text: string;
  retryAfterMs: number | null;
}

/** @param error what `TokenSource.token` threw; one that says nothing of its class waits for a person */
export function troubleOf(error: unknown): TokenTrouble {
  const said: { fault?: unknown; retryAfterMs?: unknown } = typeof error === 'object' && error !== null ? error : {};
  const fault = said.fault === 'connect' || said.fault === 'configuration' ? said.fault : 'auth';
  return {
    fault,
    reason: fault === 'connect' ? 'network' : 'authentication',
    text: error instanceof OutboxError ? `${error.message} ${error.hint}` : wordsOf(error),
    retryAfterMs: typeof said.retryAfterMs === 'number' ? said.retryAfterMs : null,
  };
}
