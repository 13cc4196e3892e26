// For monitors: whether this installation works, and what stops it.
import { wordsOf } from '../message/errors.ts';
import type { Opened } from '../desk/opened.ts';

interface Health {
  ok: boolean;
  queued: number;
  /** Tried again and again for more than four hours. */
  late: number;
  /** By a person, with the reason. */
  paused: { transport: string; text: string }[];
  stopped: { transport: string; text: string }[];
  /** Why nothing is sent at all; null when it is. */
  fault: string | null;
}

/** GET /health: 200 well, 503 when a person is needed. */
export async function healthOf({ store, identity }: Pick<Opened, 'store' | 'identity'>): Promise<Health> {
  const states = await store.transports.all();
  const stopped = states
    .filter(({ breaker }) => breaker === 'open')
    .map(({ name, detail }) => ({ transport: name, text: detail ?? '' }));
  const paused = states
    .filter(({ pausedAt }) => pausedAt !== null)
    .map(({ name, pausedBy, pausedReason }) => ({ transport: name, text: `${pausedBy}: ${pausedReason ?? ''}` }));
  const late = (await store.forecast.late(null, Date.now())).count;
  const open = await store.pulse.open();
  const queued = open.filter(({ status }) => status === 'queued').reduce((sum, { count }) => sum + count, 0);
  const fault = (await identity.fault())?.message ?? null;
  return { ok: stopped.length === 0 && fault === null, queued, late, paused, stopped, fault };
}

/** GET /readyz: whether it can take something in now. */
export async function readiness({ store, settings }: Pick<Opened, 'store' | 'settings'>) {
  try {
    await store.accounts.isAnyThere();
    await settings();
    return { ok: true };
  } catch (error) {
    return { ok: false, error: wordsOf(error) };
  }
}
