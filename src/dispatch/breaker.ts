// The breaker of a transport: a fault of the way out stops the way out, and burns no message (docs/promises.md, 4). Pure.
import type { LastReply } from '../message/message.ts';
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

const nextHour = (now: number): number => (Math.floor(now / hourMs) + 1) * hourMs;

/** Trying again without a change only locks the account. */
const needsPerson: readonly FaultClass[] = ['auth', 'configuration'];

export interface TransportFault {
  fault: FaultClass;
  reason: string;
  text: string;
  retryAfterMs?: number | undefined;
  /** What the other side said, where it said something. */
  reply?: LastReply | null;
}

/** A used-up allowance frees when the other side says, else at the next full hour: before, every try would be refused. */
function retryAtOf(breaker: Breaker, { fault, retryAfterMs }: TransportFault, now: number): number | null {
  if (needsPerson.includes(fault)) return null;
  const asked = Math.min(retryAfterMs ?? 0, longestPauseMs(fault));
  if (fault === 'quota') return retryAfterMs === undefined ? nextHour(now) : now + asked;
  return now + Math.max(pausesMs[Math.min(breaker.failures, pausesMs.length - 1)]!, asked);
}

/** After a fault of the transport. Faults that come in while it is open already (other connections) change nothing. */
export function tripped<B extends Breaker>(breaker: B, fault: TransportFault, now: number): B {
  if (breaker.breaker === 'open') return breaker;
  return {
    ...breaker,
    breaker: 'open',
    reason: fault.reason,
    detail: fault.text,
    failures: breaker.failures + 1,
    openedAt: now,
    retryAt: retryAtOf(breaker, fault, now),
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

/** It was opened at a time that has not come yet: the clock went back, and its pause would last as much longer. */
const isAheadOf = ({ openedAt }: Breaker, now: number): boolean => openedAt !== null && openedAt - now > minuteMs;

/** The breaker at `now`: an open one whose pause is over lets one message try. */
export function current<B extends Breaker>(breaker: B, now: number): B {
  if (breaker.breaker !== 'open' || breaker.retryAt === null) return breaker;
  return breaker.retryAt <= now || isAheadOf(breaker, now) ? halfOpened(breaker) : breaker;
}

/** How many messages may be under way. */
export function room(breaker: Breaker, connections: number): number {
  if (breaker.breaker === 'open') return 0;
  return breaker.breaker === 'half-open' ? 1 : connections;
}
