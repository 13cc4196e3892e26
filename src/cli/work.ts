// One worker on an opened installation: the lanes under the worker's lock, and a count of what came of it.
import { runWorker, type Stopped } from '../dispatch/worker.ts';
import type { Settings } from '../message/settings.ts';
import type { Swept } from '../store/sweep.ts';
import type { Installation } from './installation.ts';

export interface Work {
  installation: Installation;
  settings: Settings;
  /** Id of the worker's row, which holds the lock. */
  worker: string;
  untilEmpty: boolean;
  limit: number;
  signal: AbortSignal;
  /** Messages that were tried so far. */
  onProgress(done: number): void;
}

export interface WorkEnd {
  released: number;
  failed: number;
  uncertain: number;
  /** Tried, and to be tried again. */
  waiting: number;
  /** Held, because the program itself failed at them again and again. */
  held: number;
  swept: Swept;
  /** Messages whose transport is gone from the settings. */
  blocked: number;
  stopped: Stopped[];
}

const counted = {
  accept: 'released',
  refuse: 'failed',
  'lose-sight': 'uncertain',
  'put-back': 'waiting',
  hold: 'held',
} as const;

const onceMoreTypes = ({ documentTypes }: Settings): string[] =>
  Object.values(documentTypes).flatMap(({ uncertain, code }) => (uncertain === 'once-more' ? [code] : []));

/** @throws the store's errors when results can not be written any more */
export async function work({ installation, settings, onProgress, ...rest }: Work): Promise<WorkEnd> {
  const counts = { released: 0, failed: 0, uncertain: 0, waiting: 0, held: 0 };
  let done = 0;
  const end = await runWorker({
    ...rest,
    store: installation.store,
    files: installation.files,
    waysOut: await installation.waysOut(settings),
    now: Date.now,
    random: Math.random,
    failpoint: installation.failpoint,
    onceMore: onceMoreTypes(settings),
    onSettled(_message, verdict) {
      counts[counted[verdict.trigger]]++;
      onProgress(++done);
    },
  });
  return { ...counts, ...end };
}
