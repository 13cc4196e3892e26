// One worker on an opened installation: takes the worker's lock, runs the lanes, counts what came of it.
import { runWorker } from '../dispatch/worker.ts';
import type { Settings } from '../message/settings.ts';
import type { Swept } from '../store/sweep.ts';
import type { Installation } from './installation.ts';

export interface Work {
  installation: Installation;
  settings: Settings;
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
  swept: Swept;
  stopped: { transport: string; text: string }[];
}

const counted = { accept: 'released', refuse: 'failed', 'lose-sight': 'uncertain', 'put-back': 'waiting' } as const;

/** @throws OBX006 when another worker has the data folder */
export async function startWork({ installation, settings, ...work }: Work): Promise<WorkEnd> {
  const { store, files, failpoint } = installation;
  const lock = await store.workers.begin(Date.now());
  const counts = { released: 0, failed: 0, uncertain: 0, waiting: 0 };
  let done = 0;
  try {
    const end = await runWorker({
      store,
      files,
      waysOut: installation.waysOut(settings),
      worker: lock.id,
      now: Date.now,
      random: Math.random,
      failpoint,
      uncertainPolicy: (type) => settings.documentTypes[type]?.uncertain ?? 'hold',
      untilEmpty: work.untilEmpty,
      limit: work.limit,
      signal: work.signal,
      onSettled(_message, verdict) {
        counts[counted[verdict.trigger]]++;
        work.onProgress(++done);
      },
    });
    return { ...counts, ...end };
  } finally {
    await lock.release();
  }
}
