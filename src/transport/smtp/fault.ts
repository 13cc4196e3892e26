// What goes wrong on the line, before any reply can be judged: with the phase it happened in.
import { visibleLine } from '../../message/control-characters.ts';
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
  /** @param message may hold words of the other side, of TLS or of the system */
  constructor(fault: LineFault['fault'], message: string, cause?: unknown) {
    super(visibleLine(message.trim().replace(/\s*[\r\n]+\s*/g, ' ')), cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}

/** The other side has ended the line, or the way to it is gone. */
export class LineEnded extends LineFault {}
