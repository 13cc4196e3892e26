// The worker: sweeps what the dead left, runs a lane for every transport, keeps leases alive.
import type { Message } from '../message/message.ts';
import type { UncertainPolicy } from '../message/settings.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Store } from '../store/store.ts';
import type { Swept } from '../store/sweep.ts';
import type { Failpoint } from './failpoint.ts';
import { runLane, type WayOut } from './lane.ts';
import type { Verdict } from './verdict.ts';

export interface WorkerParts {
  store: Store;
  files: FileStore;
  waysOut: readonly WayOut[];
  /** Id of the worker's row. */
  worker: string;
  now: () => number;
  random: () => number;
  failpoint: Failpoint;
  uncertainPolicy: (documentType: string) => UncertainPolicy;
  /** Ends when nothing is queued and due. */
  untilEmpty: boolean;
  /** Messages at most in this run. */
  limit: number;
  /** Aborted: what is under way is finished, the rest stays queued. */
  signal: AbortSignal;
  onSettled(message: Message, verdict: Verdict): void;
}

export interface WorkerEnd {
  swept: Swept;
  /** Messages whose transport is gone from the settings. */
  blocked: number;
  /** Transports whose breaker is open, with the words of the fault. */
  stopped: { transport: string; text: string }[];
}

const renewMs = 30_000;
const leaseMs = 120_000;

/** @throws StoreFailure when results can not be written any more; everything under way is finished first */
export async function runWorker(parts: WorkerParts): Promise<WorkerEnd> {
  const { store, now } = parts;
  const swept = await store.sweep(now());
  const names = parts.waysOut.map(({ transport }) => transport.name);
  const blocked = await store.changes.blockWithout(names, now());
  const budget = { left: parts.limit };
  const broken = new AbortController();
  const signal = AbortSignal.any([parts.signal, broken.signal]);
  const keep = async (): Promise<void> => {
    await store.queue.renew(parts.worker, now(), leaseMs);
    await store.sweep(now());
  };
  // Several machines: whoever is alive looks after the leases of the dead. On SQLite the one lock does it.
  const renewal =
    store.engine === 'postgres'
      ? setInterval(() => void keep().catch((error: unknown) => broken.abort(error)), renewMs)
      : undefined;
  try {
    const run = async (wayOut: WayOut) => {
      const { stopped } = await runLane({ ...parts, wayOut, budget, signal });
      return stopped === null ? [] : [{ transport: wayOut.transport.name, text: stopped }];
    };
    const lanes = parts.waysOut.map((wayOut) => run(wayOut));
    // One lane that can not write its results stops them all; each still finishes what it has under way.
    for (const lane of lanes) lane.catch((error: unknown) => broken.abort(error));
    const ends = await Promise.allSettled(lanes);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return { swept, blocked, stopped: ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : [])) };
  } finally {
    clearInterval(renewal);
    await Promise.all(parts.waysOut.map(({ transport }) => transport.close()));
  }
}
