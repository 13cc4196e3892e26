// How long each answer is waited for, in ms. RFC 5321 4.5.3.2; a shorter wait makes uncertain messages out of slow servers.
import type { SmtpPhase } from './fault.ts';

export type Timeouts = Record<SmtpPhase, number> & {
  /** A piece of the content. RFC 5321 4.5.3.2.5 */
  block: number;
  /** An idle connection is closed after this: servers drop them at 5 minutes or sooner. */
  idle: number;
};

const minuteMs = 60_000;

export const timeouts: Timeouts = {
  connect: 30_000,
  greeting: 5 * minuteMs,
  ehlo: 5 * minuteMs,
  starttls: 2 * minuteMs,
  tls: minuteMs,
  auth: 2 * minuteMs,
  mail: 5 * minuteMs,
  rcpt: 5 * minuteMs,
  data: 2 * minuteMs,
  block: 3 * minuteMs,
  dot: 10 * minuteMs,
  rset: minuteMs,
  quit: 2_000,
  idle: 15_000,
};
