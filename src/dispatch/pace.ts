// The pace of a transport: slower when the other side throttles, quicker again after clean minutes. Pure.
import type { LastReply } from '../message/message.ts';
import type { Limits } from '../message/settings.ts';

/** Null where it is as the settings say. */
export interface Pace {
  /** Messages a minute. */
  rate: number | null;
  /** Connections. */
  lines: number | null;
  /** When it last changed, epoch ms. */
  slowedAt: number | null;
  /** The answer that asked for it. */
  slowedText: string | null;
}

type PaceLimits = Pick<Limits, 'connections' | 'perMinute'>;

/** So long without a throttle, and it goes a step quicker. */
export const cleanMs = 5 * 60_000;
/** Of the limit that is set. */
const stepShare = 0.1;
/** Messages a minute: slower is standing still, and that is the breaker's. */
const slowest = 1;

/** Exchange Online says it with 432. */
const isAboutConnections = (reply: LastReply | null | undefined): boolean =>
  reply?.code === 432 ||
  /(?:too many|concurrent|maximum number of).{0,20}(?:connections|sessions)/i.test(reply?.text ?? '');

export const lineStep = ({ connections }: PaceLimits): number => Math.max(1, Math.round(connections * stepShare));
export const rateStep = (perMinute: number): number => perMinute * stepShare;

const orNone = (value: number, set: number): number | null => (value >= set ? null : value);

/** What there is to send with now. */
export const paceOf = ({ rate, lines }: Pick<Pace, 'rate' | 'lines'>, limits: PaceLimits): PaceLimits => ({
  perMinute: limits.perMinute === null ? null : Math.min(limits.perMinute, rate ?? Infinity),
  connections: Math.min(limits.connections, lines ?? Infinity),
});

/** After a throttle: half the rate, or where none is set half the connections; one connection less where they are too many. */
export function slowed<P extends Pace>(
  pace: P,
  limits: PaceLimits,
  { text, reply }: { text: string; reply?: LastReply | null },
  now: number,
): P {
  const { perMinute, connections } = paceOf(pace, limits);
  const next = { ...pace, slowedAt: now, slowedText: text };
  const set = limits.connections;
  if (isAboutConnections(reply)) return { ...next, lines: orNone(Math.max(1, connections - 1), set) };
  if (perMinute === null) return { ...next, lines: orNone(Math.max(1, Math.floor(connections / 2)), set) };
  const rate = Math.max(Math.min(slowest, limits.perMinute!), perMinute / 2);
  return { ...next, rate: orNone(rate, limits.perMinute!) };
}

export const isSlower = (pace: Pace, before: Pace, limits: PaceLimits): boolean => {
  const [now, then] = [paceOf(pace, limits), paceOf(before, limits)];
  return now.connections < then.connections || (now.perMinute ?? 0) < (then.perMinute ?? 0);
};

/** After clean minutes: a tenth of the set limit for every five of them, up to it. The same object when nothing changed. */
export function quickened<P extends Pace>(pace: P, limits: PaceLimits, now: number): P {
  if (pace.slowedAt === null) return pace;
  // The clock went back: it is counted from now.
  if (pace.slowedAt > now) return { ...pace, slowedAt: now };
  const steps = Math.floor((now - pace.slowedAt) / cleanMs);
  if (steps === 0) return pace;
  const { connections, perMinute } = limits;
  const rate =
    pace.rate === null || perMinute === null ? null : orNone(pace.rate + steps * rateStep(perMinute), perMinute);
  const lines = pace.lines === null ? null : orNone(pace.lines + steps * lineStep(limits), connections);
  if (rate === null && lines === null) return { ...pace, rate, lines, slowedAt: null, slowedText: null };
  return { ...pace, rate, lines, slowedAt: pace.slowedAt + steps * cleanMs };
}
