// How it goes on: when each transport will be done with what waits for it, for outbox status.
import { current } from '../dispatch/breaker.ts';
import { etaOf, type Eta } from '../dispatch/eta.ts';
import type { Settings, TransportSettings } from '../message/settings.ts';
import { whenText } from '../message/when.ts';
import { closedBreaker, type TransportState } from '../store/transports.ts';
import type { Waiting } from '../store/forecast.ts';
import type { Store } from '../store/store.ts';
import { type Here, isPaused, slowText } from './transport-words.ts';

export interface Outlook extends Eta {
  transport: string;
  waiting: number;
  text: string;
}

const number = new Intl.NumberFormat('en-US');

/** When it may go at all; null while a person must do something first. */
function notBeforeOf(state: TransportState, now: number): number | null {
  if (isPaused(state)) return null;
  const { breaker, retryAt } = current(state, now);
  return breaker === 'open' ? retryAt : now;
}

/** "9,000 of 9,000 used, goes on at 14:00; done tomorrow at 09:12" */
function textOf(eta: Eta, state: TransportState, { limits }: TransportSettings, here: Here): string {
  const { perDay } = limits;
  const when = (at: number): string => whenText(at, here.now, here.timeZone);
  const used =
    eta.used === null
      ? ''
      : `${number.format(eta.used)} of ${number.format(perDay!)} of the day used${eta.goesOnAt === null ? '' : `, goes on ${when(eta.goesOnAt)}`}`;
  const stands = notBeforeOf(state, here.now) === null ? 'stands still' : 'not known yet when it is done';
  const done = eta.doneAt === null ? stands : `done ${when(eta.doneAt)}`;
  return [used, slowText(state, limits), done].filter(Boolean).join('; ');
}

async function outlookOf(
  store: Store,
  { transport, count, lastDueAt }: Waiting,
  settings: TransportSettings,
  here: Here,
): Promise<Outlook> {
  const state = (await store.transports.look(transport)) ?? closedBreaker(transport);
  const eta = etaOf({
    limits: settings.limits,
    pace: state,
    waiting: count,
    lastDueAt,
    notBefore: notBeforeOf(state, here.now),
    usedByHour: await store.forecast.usedByHour(transport, here.now),
    measuredPerMinute: await store.forecast.perMinute(transport, here.now),
    now: here.now,
  });
  return { transport, waiting: count, ...eta, text: textOf(eta, state, settings, here) };
}

/** @param batch null: of everything */
export async function outlooksOf(
  store: Store,
  { transports }: Settings,
  batch: string | null,
  here: Here,
): Promise<Outlook[]> {
  const waiting = await store.forecast.waiting(batch);
  return Promise.all(
    waiting.flatMap((one) => {
      const settings = transports[one.transport];
      return settings ? [outlookOf(store, one, settings, here)] : [];
    }),
  );
}

/** The whole is done when its slowest transport is; null when that can not be known. */
export const doneAtOf = (outlooks: readonly Outlook[]): number | null =>
  outlooks.length === 0 || outlooks.some(({ doneAt }) => doneAt === null)
    ? null
    : Math.max(...outlooks.map(({ doneAt }) => doneAt!));
