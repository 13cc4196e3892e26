// Limits of a transport: even spacing (the generic cell rate algorithm, ITU-T I.371) and the allowance of a rolling day. Pure.

export interface Allowance {
  /** Messages that may be claimed now. */
  count: number;
  /** Epoch ms from when on the next one may; null while not limited. */
  nextAt: number | null;
  /** The limiter's clock to write with the claim; undefined without a limit. */
  tat: number | undefined;
}

interface Asked {
  perMinute: number | null;
  perDay: number | null;
  wanted: number;
  now: number;
  /** Theoretical arrival time, epoch ms. */
  tat: number;
  usedToday: number;
}

const minuteMs = 60_000;
/** What leaves us evenly arrives a little unevenly, and a provider counts what arrives: half a percent of a minute is 0.3 s. */
const slack = 1.005;

/** Between one message and the next, ms. */
export const intervalOf = (perMinute: number): number => (minuteMs / perMinute) * slack;

const hourMs = 3_600_000;

/** At most one message a turn where a rate is given: spacing, never bursts. */
export function allow(asked: Asked): Allowance {
  if (asked.perDay !== null && asked.usedToday >= asked.perDay) {
    // The oldest hour leaves the rolling day at the next full hour.
    return { count: 0, nextAt: (Math.floor(asked.now / hourMs) + 1) * hourMs, tat: undefined };
  }
  const left = asked.perDay === null ? asked.wanted : Math.min(asked.wanted, asked.perDay - asked.usedToday);
  if (asked.perMinute === null) return { count: left, nextAt: null, tat: undefined };
  // A clock that jumped back must not hold messages for longer than one interval.
  const interval = intervalOf(asked.perMinute);
  const tat = Math.min(asked.tat, asked.now + interval);
  if (tat > asked.now) return { count: 0, nextAt: Math.ceil(tat), tat: undefined };
  const next = Math.ceil(Math.max(tat, asked.now) + interval);
  return { count: Math.min(1, left), nextAt: next, tat: next };
}
