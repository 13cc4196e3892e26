// The breaker of a transport: a fault of the way out stops the way out, and burns no message (docs/promises.md, 4). Pure.
import type { FaultClass } from '../message/transport.ts';

export interface Breaker {
  breaker: string;
  reason: string | null;
  detail: string | null;
  failures: number;
  openedAt: number | null;
  /** Null while open: until a person changes something. */
  retryAt: number | null;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * The longest pause that a server may ask for: numbers in its words may mean something else, and nothing must stand still for weeks.
 * An allowance of a day may be a day away.
 */
const longestPauseMs = (fault: FaultClass): number => (fault === 'quota' ? 24 : 1) * hourMs;

const pausesMs = [1, 2, 5, 15, 30].map((minutes) => minutes * minuteMs);

/** Trying again without a change only locks the account. */
const needsPerson: readonly FaultClass[] = ['auth', 'configuration'];

export interface TransportFault {
  fault: FaultClass;
  reason: string;
  text: string;
  retryAfterMs?: number | undefined;
}

/** After a fault of the transport. Faults that come in while it is open already (other connections) change nothing. */
export function tripped<B extends Breaker>(breaker: B, fault: TransportFault, now: number): B {
  if (breaker.breaker === 'open') return breaker;
  const asked = Math.min(fault.retryAfterMs ?? 0, longestPauseMs(fault.fault));
  const pause = Math.max(pausesMs[Math.min(breaker.failures, pausesMs.length - 1)]!, asked);
  return {
    ...breaker,
    breaker: 'open',
    reason: fault.reason,
    detail: fault.text,
    failures: breaker.failures + 1,
    openedAt: now,
    retryAt: needsPerson.includes(fault.fault) ? null : now + pause,
  };
}

/** After a message went through. */
export const closed = <B extends Breaker>(breaker: B): B => ({
  ...breaker,
  breaker: 'closed',
  reason: null,
  detail: null,
  failures: 0,
  openedAt: null,
  retryAt: null,
});

/** Something changed, or a person asks: one message may try. */
export const halfOpened = <B extends Breaker>(breaker: B): B => ({ ...breaker, breaker: 'half-open', retryAt: null });

/** The breaker at `now`: an open one whose pause is over lets one message try. */
export const current = <B extends Breaker>(breaker: B, now: number): B =>
  breaker.breaker === 'open' && breaker.retryAt !== null && breaker.retryAt <= now ? halfOpened(breaker) : breaker;

/** How many messages may be under way. */
export function room(breaker: Breaker, connections: number): number {
  if (breaker.breaker === 'open') return 0;
  return breaker.breaker === 'half-open' ? 1 : connections;
}
