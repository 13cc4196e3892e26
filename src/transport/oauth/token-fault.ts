// Why there is no token: with the fault class that the dispatcher plans by, and the next step of the administrator.
import { OutboxError, type ErrorCode } from '../../message/errors.ts';
import type { FaultClass } from '../../message/transport.ts';

/** `auth` and `configuration` wait for a person, `connect` tries again by itself. Never holds a secret or a token. */
export class TokenFault extends OutboxError {
  readonly fault: Extract<FaultClass, 'auth' | 'configuration' | 'connect'>;
  /** The token endpoint asked for this pause. */
  readonly retryAfterMs: number | null;

  constructor(
    fault: TokenFault['fault'],
    code: Extract<ErrorCode, `OBX17${number}`>,
    facts: Record<string, string>,
    more: { retryAfterMs?: number | null; cause?: unknown } = {},
  ) {
    super(code, facts, more.cause);
    this.fault = fault;
    this.retryAfterMs = more.retryAfterMs ?? null;
  }
}
