// When a message is tried again after a fault that is its own, or that no more tries are worth it. Pure.
import type { Channel } from '../message/message.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Waits between tries. Greylisting wants minutes (RFC 6647), a full mailbox hours, a busy fax line minutes. */
const waits: Record<'email' | 'fax', readonly number[]> = {
  email: [5, 15, 30, 60, 120, 240, 240, 480, 480].map((minutes) => minutes * minuteMs),
  fax: [3, 5, 10, 30, 60, 120].map((minutes) => minutes * minuteMs),
};

/** A message older than this is not worth a further try: RFC 5321 4.5.4.1 gives up after four to five days; an invoice earlier. */
const oldestMs: Record<'email' | 'fax', number> = { email: 48 * hourMs, fax: 24 * hourMs };

/** The longest pause that the other side may ask for: a number in its words may mean something else. */
const longestPauseMs = 24 * hourMs;
/** Age alone ends nothing: so many tries must have counted. */
const leastTries = 3;

export type NextTry = { again: true; dueAt: number } | { again: false; reason: 'tries-used-up' | 'expired' };

export interface Tried {
  channel: Channel;
  /** Tries that counted, with the one that just failed. */
  tries: number;
  queuedAt: number;
  now: number;
  /** Between 0 and 1: spreads messages that failed together. */
  random: number;
  /** What the other side asked for. */
  retryAfterMs: number | undefined;
}

export function planNextTry(tried: Tried): NextTry {
  const plan = tried.channel === 'fax' ? 'fax' : 'email';
  const wait = waits[plan][tried.tries - 1];
  if (wait === undefined) return { again: false, reason: 'tries-used-up' };
  const jittered = wait * (0.9 + 0.2 * tried.random);
  const asked = Math.min(tried.retryAfterMs ?? 0, longestPauseMs);
  const isInTime = (pause: number): boolean => tried.now + pause - tried.queuedAt <= oldestMs[plan];
  // A clock that stepped ahead, or a transport that was stopped for days, makes a message old that was hardly tried.
  if (!isInTime(jittered) && tried.tries >= leastTries) return { again: false, reason: 'expired' };
  // A pause that outlives the message is not kept to: no server gives a message up by its choice of words.
  const pause = isInTime(asked) ? Math.max(jittered, asked) : jittered;
  return { again: true, dueAt: Math.round(tried.now + pause) };
}
