// What changes, for whoever watches: one look at the database for all of them, and every change numbered, so that a broken line goes on.
import { setTimeout as wait } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { wordsOf } from '../message/errors.ts';
import type { Store } from '../store/store.ts';

export interface Change {
  /** "EPOCH-NUMBER": numbers begin anew with every start of the server. */
  id: string;
  event: 'snapshot' | 'counts' | 'batch' | 'transport';
  data: unknown;
}

/** The state by key, each as the JSON that goes over the line. */
type State = Map<string, string>;

export interface LiveOptions {
  /** From one look to the next at least. */
  everyMs: number;
  tell(text: string): void;
}

export interface Live {
  /**
   * Hears of everything from now on, or from behind `after` where that is known still.
   * @returns ends it
   */
  listen(after: string | null, hear: (change: Change) => void): () => void;
  /** Aborts when it stops: lines are to be ended. */
  ends: AbortSignal;
  stop(): Promise<void>;
}

/** A look must not take more than this part of the time, however long it takes. */
const share = 20;
/** So many changes are kept for lines that broke. */
const keptChanges = 1_000;

async function look({ pulse, transports }: Store): Promise<State> {
  const open = await pulse.open();
  const total: Record<string, number> = {};
  const batches = new Map<string, Record<string, number>>();
  for (const { batchId, status, count } of open) {
    total[status] = (total[status] ?? 0) + count;
    if (batchId === null) continue;
    const of = batches.get(batchId) ?? {};
    of[status] = (of[status] ?? 0) + count;
    batches.set(batchId, of);
  }
  const state: State = new Map([['counts', JSON.stringify({ open: total })]]);
  for (const [id, of] of batches) state.set(`batch ${id}`, JSON.stringify({ id, open: of }));
  for (const { name, breaker, pausedAt, detail, retryAt } of await transports.all()) {
    const shown = { name, state: pausedAt === null ? breaker : 'paused', text: detail ?? '', retryAt };
    state.set(`transport ${name}`, JSON.stringify(shown));
  }
  return state;
}

/** What a key says when it is there no more: a batch of which nothing is open. */
const goneText = (key: string): string =>
  key.startsWith('batch ') ? JSON.stringify({ id: key.slice(6), open: {} }) : JSON.stringify({ name: key.slice(10) });

function* changesBetween(before: State, now: State): Generator<{ event: Change['event']; text: string }> {
  const eventOf = (key: string): Change['event'] => key.split(' ')[0] as Change['event'];
  for (const [key, text] of now) if (before.get(key) !== text) yield { event: eventOf(key), text };
  for (const key of before.keys()) if (!now.has(key)) yield { event: eventOf(key), text: goneText(key) };
}

const snapshotOf = (state: State, id: string): Change => {
  const of = (kind: string): unknown[] =>
    [...state].filter(([key]) => key.startsWith(`${kind} `)).map(([, text]) => JSON.parse(text) as unknown);
  const counts = JSON.parse(state.get('counts') ?? '{"open":{}}') as object;
  return { id, event: 'snapshot', data: { ...counts, batches: of('batch'), transports: of('transport') } };
};

export function openLive(store: Store, { everyMs, tell }: LiveOptions): Live {
  const epoch = randomBytes(4).toString('hex');
  /** Null until they had their snapshot. */
  const listeners = new Map<(change: Change) => void, { isReady: boolean }>();
  const kept: Change[] = [];
  const stop = new AbortController();
  let state: State | null = null;
  let number = 0;
  let running: Promise<void> | null = null;
  let trouble = '';

  const missedAfter = (after: string | null): Change[] | null => {
    if (after === `${epoch}-${number}`) return [];
    const at = kept.findIndex(({ id }) => id === after);
    return at < 0 ? null : kept.slice(at + 1);
  };

  const lookOnce = async (): Promise<void> => {
    const now = await look(store);
    for (const { event, text } of state === null ? [] : changesBetween(state, now)) {
      const change = { id: `${epoch}-${++number}`, event, data: JSON.parse(text) as unknown };
      kept.push(change);
      for (const [hear, { isReady }] of listeners) if (isReady) hear(change);
    }
    kept.splice(0, Math.max(0, kept.length - keptChanges));
    state = now;
    for (const [hear, listener] of listeners) {
      if (listener.isReady) continue;
      listener.isReady = true;
      hear(snapshotOf(now, `${epoch}-${number}`));
    }
  };

  const run = async (): Promise<void> => {
    while (listeners.size > 0 && !stop.signal.aborted) {
      const from = performance.now();
      await lookOnce().then(
        () => (trouble = ''),
        (error: unknown) => {
          const words = `Live events wait: ${wordsOf(error)}`;
          if (words !== trouble) tell(words);
          trouble = words;
        },
      );
      const rest = Math.max(everyMs, (performance.now() - from) * share);
      await wait(rest, null, { signal: stop.signal }).catch(() => null);
    }
    running = null;
  };

  return {
    ends: stop.signal,
    listen(after, hear) {
      const missed = missedAfter(after);
      listeners.set(hear, { isReady: missed !== null });
      for (const change of missed ?? []) hear(change);
      running ??= run();
      return () => void listeners.delete(hear);
    },
    async stop() {
      stop.abort();
      listeners.clear();
      await running;
    },
  };
}
