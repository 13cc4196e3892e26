// What goes wrong on the line, before any reply can be judged: with the phase it happened in.
import type { FaultClass } from '../../message/transport.ts';

/** Steps of a session, in their order. RFC 5321 3. */
export type SmtpPhase =
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'starttls'
  | 'tls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'dot'
  | 'rset'
  | 'quit';

export class LineFault extends Error {
  override readonly name = 'LineFault';
  readonly fault: Extract<FaultClass, 'connect' | 'tls' | 'auth' | 'protocol' | 'configuration'>;
  constructor(fault: LineFault['fault'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}
