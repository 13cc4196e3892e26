// The worker: sweeps what the dead left, runs a lane for every transport, keeps leases alive.
import { setTimeout as wait } from 'node:timers/promises';
import type { Message } from '../message/message.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Store } from '../store/store.ts';
import type { Swept } from '../store/sweep.ts';
import type { Failpoint } from './failpoint.ts';
import type { Stop } from './condition.ts';
import { type Lane, type LaneParts, openLane, type WayOut } from './lane.ts';
import { leaseMs, type LeaseWatch, lockedLeases, ownerMs, renewMs, watchLeases } from './lease.ts';
import { steadyClock } from './steady-clock.ts';
import type { Verdict } from './verdict.ts';

export interface WorkerParts {
  store: Store;
  files: FileStore;
  waysOut: readonly WayOut[];
  /** Id of the worker's row. */
  worker: string;
  /** The time of day; the worker makes it steady. */
  now: () => number;
  random: () => number;
  failpoint: Failpoint;
  /** Document types whose messages are sent once more when they may have gone. */
  onceMore: readonly string[];
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
  /** Transports that stand still, with the words of the fault. */
  stopped: Stopped[];
}

export interface Stopped extends Stop {
  transport: string;
}

/** The wait before the one automatic repeat of an uncertain message: evidence may come first. */
const onceMoreMs = 15 * 60_000;
/** How often another machine's transport is asked for. */
const askMs = 1_000;

class Worker {
  readonly #parts: WorkerParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #leases: LeaseWatch;
  readonly #broken = new AbortController();
  readonly #signal: AbortSignal;
  readonly #budget: { left: number };

  constructor(parts: WorkerParts) {
    this.#parts = { ...parts, now: steadyClock(parts.now, () => performance.now()) };
    this.#budget = { left: parts.limit };
    this.#signal = AbortSignal.any([parts.signal, this.#broken.signal]);
    this.#leases = this.#isShared ? watchLeases(() => performance.now()) : lockedLeases;
  }

  /** Several machines may work on this store; on SQLite one lock of the system keeps the others out. */
  get #isShared(): boolean {
    return this.#parts.store.engine === 'postgres';
  }

  async #lookAfter(): Promise<void> {
    const { store, now, onceMore } = this.#parts;
    await store.repeatOnce(onceMore, now(), onceMoreMs);
    if (!this.#isShared) return;
    const askedAt = performance.now();
    const ids = [...this.#lanes.values()].flatMap((lane) => lane.inHand());
    await store.queue.renew(ids, this.#parts.worker, now(), leaseMs);
    for (const name of this.#lanes.keys()) await store.transports.own(name, this.#parts.worker, ownerMs);
    this.#leases.renewed(askedAt);
    await store.sweep(now());
  }

  /** A failed renewal is no harm until the leases are in doubt; then nothing more may be sent. */
  async #lookAfterOr(failed: (error: unknown) => void): Promise<void> {
    try {
      await this.#lookAfter();
    } catch (error) {
      if (!this.#isShared || this.#leases.isLost()) failed(error);
    }
  }

  /** @returns false when nothing is left for it, or the worker is stopped, before it is ours */
  async #own(name: string): Promise<boolean> {
    const { store, worker, untilEmpty, now } = this.#parts;
    if (!this.#isShared) return true;
    await store.transports.state(name);
    while (!(await store.transports.own(name, worker, ownerMs))) {
      const dueAt = untilEmpty ? await store.queue.nextDueAt([name]) : 0;
      if (dueAt === null || dueAt > now()) return false;
      await wait(askMs, undefined, { signal: this.#signal }).catch(() => {});
      if (this.#signal.aborted) return false;
    }
    return true;
  }

  async #runLane(wayOut: WayOut): Promise<Stopped[]> {
    const { name } = wayOut.transport;
    if (!(await this.#own(name))) return [];
    const parts: LaneParts = {
      ...this.#parts,
      wayOut,
      budget: this.#budget,
      signal: this.#signal,
      leases: this.#leases,
    };
    const lane = await openLane(parts);
    this.#lanes.set(name, lane);
    try {
      const { stopped } = await lane.run();
      return stopped === null ? [] : [{ transport: name, ...stopped }];
    } finally {
      this.#lanes.delete(name);
      if (this.#isShared) await this.#parts.store.transports.disown(name, this.#parts.worker).catch(() => {});
    }
  }

  /** One lane that can not write its results stops them all; each still finishes what it has under way. */
  async #runLanes(): Promise<WorkerEnd['stopped']> {
    const lanes = this.#parts.waysOut.map((wayOut) => this.#runLane(wayOut));
    for (const lane of lanes) lane.catch((error: unknown) => this.#broken.abort(error));
    const ends = await Promise.allSettled(lanes);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : []));
  }

  async run(): Promise<WorkerEnd> {
    const { store, now, waysOut } = this.#parts;
    const swept = await store.sweep(now());
    const names = waysOut.map(({ transport }) => transport.name);
    const blocked = await store.changes.blockWithout(names, now());
    await store.repeatOnce(this.#parts.onceMore, now(), onceMoreMs);
    let failure: unknown = null;
    const fail = (error: unknown): void => {
      failure ??= error;
      this.#broken.abort(error);
    };
    const care = setInterval(() => void this.#lookAfterOr(fail), renewMs);
    try {
      const stopped = await this.#runLanes();
      if (failure !== null) throw failure;
      await store.repeatOnce(this.#parts.onceMore, now(), onceMoreMs);
      return { swept, blocked, stopped };
    } finally {
      clearInterval(care);
      await Promise.all(waysOut.map(({ transport }) => transport.close()));
    }
  }
}

/** @throws the store's errors when results can not be written any more; everything under way is finished first */
export const runWorker = (parts: WorkerParts): Promise<WorkerEnd> => new Worker(parts).run();
