// When a transport will be done with what waits for it: by its rate, the allowance of its rolling day, or the speed that was seen. Pure.
import { cleanMs, type Pace, paceOf, quickened } from './pace.ts';
import type { Limits } from '../message/settings.ts';

export interface EtaAsked {
  limits: Limits;
  pace: Pace;
  /** Messages that wait or are under way. */
  waiting: number;
  /** Epoch ms at which the last of them is due; null when none waits. */
  lastDueAt: number | null;
  /** Nothing goes before this time; null: a person must do something first. */
  notBefore: number | null;
  /** Messages debited by the hour since the epoch. */
  usedByHour: ReadonlyMap<number, number>;
  /** Messages a minute that went lately; null when none did. */
  measuredPerMinute: number | null;
  now: number;
}

export interface Eta {
  /** Epoch ms; null when it can not be known. */
  doneAt: number | null;
  /** Of the rolling day; null where no allowance is set. */
  used: number | null;
  /** The allowance is used up until this time; null when it is not. */
  goesOnAt: number | null;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const hourOf = (at: number): number => Math.floor(at / hourMs);
const nextHour = (at: number): number => (hourOf(at) + 1) * hourMs;
/** Further ahead nobody plans. */
const mostSteps = 24 * 366;

/** As the limiter counts: the hour that is under way, and the 24 before it. */
function usedAt(used: ReadonlyMap<number, number>, at: number): number {
  let sum = 0;
  for (let hour = hourOf(at) - 24; hour <= hourOf(at); hour++) sum += used.get(hour) ?? 0;
  return sum;
}

/** The rate at a time ahead, if nothing throttles until then; null where nothing is known. */
function rateAt({ limits, pace, measuredPerMinute }: EtaAsked, at: number): number | null {
  return paceOf(quickened(pace, limits, at), limits).perMinute ?? measuredPerMinute;
}

/** The pace changes at its own time, the allowance at the full hour. */
function endOfStep({ pace }: EtaAsked, at: number): number {
  if (pace.slowedAt === null || pace.slowedAt > at) return nextHour(at);
  const step = pace.slowedAt + (Math.floor((at - pace.slowedAt) / cleanMs) + 1) * cleanMs;
  return Math.min(step, nextHour(at));
}

/** Plays the hours to come, with what the allowance leaves for each. */
function doneAfter(asked: EtaAsked, from: number): number | null {
  const { perDay } = asked.limits;
  const used = new Map(asked.usedByHour);
  let left = asked.waiting;
  let at = from;
  for (let step = 0; left > 0; step++) {
    if (step > mostSteps) return null;
    const rate = rateAt(asked, at);
    const room = perDay === null ? Infinity : Math.max(0, perDay - usedAt(used, at));
    if (room === 0) {
      at = nextHour(at);
      continue;
    }
    if (rate === null || rate <= 0) return null;
    const end = endOfStep(asked, at);
    const count = Math.min(left, room, ((end - at) * rate) / minuteMs);
    used.set(hourOf(at), (used.get(hourOf(at)) ?? 0) + count);
    left -= count;
    if (left > 1e-9) at = count === room ? nextHour(at) : end;
    else return at + (count * minuteMs) / rate;
  }
  return at;
}

export function etaOf(asked: EtaAsked): Eta {
  const { limits, now, notBefore, waiting, lastDueAt } = asked;
  const used = limits.perDay === null ? null : usedAt(asked.usedByHour, now);
  const isUsedUp = used !== null && used >= limits.perDay!;
  let goesOnAt: number | null = null;
  if (isUsedUp) {
    goesOnAt = nextHour(now);
    while (usedAt(asked.usedByHour, goesOnAt) >= limits.perDay! && goesOnAt - now < 26 * hourMs) goesOnAt += hourMs;
  }
  if (waiting === 0 || notBefore === null) return { doneAt: null, used, goesOnAt };
  const done = doneAfter(asked, Math.max(now, notBefore));
  return { doneAt: done === null ? null : Math.round(Math.max(done, lastDueAt ?? 0)), used, goesOnAt };
}
