// The lane of one transport: claims what is due as far as breaker and limits let it, and keeps its lines supplied.
import { setTimeout as wait } from 'node:timers/promises';
import type { Message } from '../message/message.ts';
import { carryOneByOne } from '../message/one-by-one.ts';
import { orderOf } from '../message/priority.ts';
import type { Limits } from '../message/settings.ts';
import type { Job, Supply, Task, Transport } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/claim.ts';
import type { Store } from '../store/store.ts';
import { Condition, type Stop } from './condition.ts';
import type { Failpoint } from './failpoint.ts';
import { type LeaseWatch, leaseMs } from './lease.ts';
import { allow, intervalOf } from './limits.ts';
import { MessageTask, prepareJob, type TaskParts } from './task.ts';
import type { Verdict } from './verdict.ts';

export interface WayOut {
  transport: Transport;
  limits: Limits;
  /** Changes when its settings do: a breaker that waits for a person closes then. */
  digest: string;
}

export interface LaneParts {
  store: Store;
  files: FileStore;
  wayOut: WayOut;
  worker: string;
  now: () => number;
  random: () => number;
  failpoint: Failpoint;
  leases: LeaseWatch;
  untilEmpty: boolean;
  /** How many more messages may be claimed in this run. */
  budget: { left: number };
  /** Aborted: finish what is under way, claim nothing more. */
  signal: AbortSignal;
  onSettled(message: Message, verdict: Verdict): void;
}

export interface LaneEnd {
  stopped: Stop | null;
}

/** Claimed, with its bytes, and waiting for a line. */
interface Ready {
  claimed: Claimed;
  job: Job;
  /** When it was claimed, by the monotonic clock. */
  since: number;
}

/** A line at work: the messages that it has taken and that nobody has answered yet. */
interface Line {
  unanswered: Set<Ready>;
}

/** Other processes take in, release and retry: look again at least this often. */
const pollMs = 50;
/** So many messages for each line are claimed ahead where nothing limits the rate: a claim of many costs little more than one of one. */
const aheadPerLine = 6;

/** What is under way when a person stops the worker has so long to be answered. */
const graceMs = 30_000;
/** A run that ends when all is sent does not wait for an allowance that opens later than this. */
const longestWaitMs = 60_000;

export class Lane {
  readonly #parts: LaneParts;
  readonly #by: string;
  readonly #taskParts: TaskParts;
  readonly #condition: Condition;
  /** The limiter's clock. */
  #tat: number;
  #ready: Ready[] = [];
  readonly #lines = new Set<Line>();
  #failure: unknown = null;
  /** Before this time no message may begin, epoch ms: claims are spaced too, but what follows a claim takes its own time. */
  #turnAt = 0;
  /** Claims so far: they take turns in what goes first. */
  #turn = 0;
  /** False when a run that ends when all is sent has found nothing due: then it does not matter that it stands still. */
  #isWaitedFor = true;
  /** The limits let nothing through before this time, epoch ms. */
  #closedUntil = 0;
  #isWoken = false;
  #resume = (): void => {};

  constructor(parts: LaneParts, condition: Condition, tat: number) {
    this.#parts = parts;
    this.#by = `worker ${parts.worker}`;
    this.#taskParts = { ...parts, by: this.#by, isLeaseSure: (since) => parts.leases.isSure(since) };
    this.#tat = tat;
    this.#condition = condition;
  }

  get #transport(): Transport {
    return this.#parts.wayOut.transport;
  }

  get #isStopping(): boolean {
    return this.#parts.signal.aborted || this.#failure !== null;
  }

  async #waitForTurn(): Promise<void> {
    const { perMinute } = this.#condition;
    if (perMinute === null) return;
    const now = this.#parts.now();
    const at = Math.max(now, this.#turnAt);
    this.#turnAt = at + intervalOf(perMinute);
    if (at > now) await wait(at - now);
  }

  #taskOf(ready: Ready, line: Line): Task {
    line.unanswered.add(ready);
    const begunSince = performance.now();
    const end = (): void => {
      line.unanswered.delete(ready);
      this.#wake();
    };
    return new MessageTask(this.#taskParts, ready.claimed, ready.job, ready.since, {
      onTurn: () => this.#waitForTurn(),
      onVerdict: (verdict) => {
        end();
        return this.#condition.judge(verdict, begunSince, line);
      },
      onSettled: (verdict) => this.#parts.onSettled(ready.claimed.message, verdict),
      onGone: end,
      onGivenBack: () => {
        this.#ready.unshift(ready);
        end();
      },
      onStoreFailure: (error) => {
        this.#failure ??= error;
        end();
      },
    });
  }

  /** Other lines that wait for an answer. */
  #othersAtWork(line: Line): number {
    return [...this.#lines].filter((other) => other !== line && other.unanswered.size > 0).length;
  }

  #supplyOf(line: Line): Supply {
    return {
      next: (ahead) => {
        if (this.#isStopping) return null;
        if (ahead ? !this.#condition.isFree : this.#othersAtWork(line) >= this.#condition.room) return null;
        const ready = this.#ready.shift();
        if (this.#ready.length <= this.#lowWater) this.#wake();
        return ready ? this.#taskOf(ready, line) : null;
      },
    };
  }

  async #work(line: Line): Promise<void> {
    const supply = this.#supplyOf(line);
    const { carry } = this.#transport;
    try {
      await (carry ? carry(supply) : carryOneByOne(this.#transport, supply));
    } catch (error) {
      this.#failure ??= error;
    } finally {
      this.#lines.delete(line);
      this.#wake();
    }
  }

  #startLines(): void {
    const wanted = Math.min(this.#condition.room, this.#lines.size + this.#ready.length);
    while (this.#lines.size < wanted) {
      const line: Line = { unanswered: new Set() };
      this.#lines.add(line);
      void this.#work(line);
    }
  }

  /** What was claimed and can not be begun now goes back as it was. */
  async #putBack(): Promise<void> {
    const waiting = this.#ready;
    this.#ready = [];
    const end = { trigger: 'put-back', result: 'put-back', reply: null, transcript: '', credit: true } as const;
    const words = { at: this.#parts.now(), by: this.#by, text: 'Put back: it had not been begun.' };
    await Promise.all(
      waiting.map(({ claimed }) => {
        const { tries, dueAt, reason } = claimed.message;
        return this.#parts.store.queue.settle(claimed, false, { ...end, ...words, tries, dueAt, reason });
      }),
    );
  }

  get #highWater(): number {
    const { connections, window = 1 } = this.#transport;
    return connections * (aheadPerLine + window - 1);
  }

  get #lowWater(): number {
    return this.#highWater / 2;
  }

  #wanted(): number {
    const { budget } = this.#parts;
    if (this.#condition.isFree) {
      const isLow = this.#ready.length <= this.#lowWater;
      return isLow ? Math.min(this.#highWater - this.#ready.length, budget.left) : 0;
    }
    const atWork = [...this.#lines].filter(({ unanswered }) => unanswered.size > 0).length;
    return Math.min(this.#condition.room - atWork - this.#ready.length, budget.left);
  }

  /** @returns when to look again, epoch ms */
  async #claim(): Promise<number> {
    const { store, wayOut, now, budget } = this.#parts;
    const { perDay } = wayOut.limits;
    const { perMinute } = this.#condition;
    const wanted = this.#wanted();
    if (wanted <= 0) return now() + pollMs;
    const usedToday = perDay === null ? 0 : await store.queue.usedToday(this.#transport.name, now());
    const allowance = allow({ perMinute, perDay, wanted, now: now(), tat: this.#tat, usedToday });
    this.#closedUntil = allowance.count > 0 ? 0 : (allowance.nextAt ?? 0);
    if (allowance.count <= 0) return allowance.nextAt ?? now() + pollMs;
    budget.left -= allowance.count;
    const since = performance.now();
    const found = await this.#claimNow(allowance.count, allowance.tat);
    budget.left += allowance.count - found.length;
    if (found.length === 0) return now() + pollMs;
    this.#parts.failpoint('W2');
    this.#tat = allowance.tat ?? this.#tat;
    await this.#prepare(found, since);
    return now();
  }

  async #prepare(found: readonly Claimed[], since: number): Promise<void> {
    const jobs = await Promise.all(found.map((claimed) => prepareJob(this.#taskParts, claimed)));
    for (const [at, job] of jobs.entries()) if (job) this.#ready.push({ claimed: found[at]!, job, since });
  }

  #claimNow(most: number, tat: number | undefined): Promise<Claimed[]> {
    const { store, worker, now } = this.#parts;
    const debit = tat === undefined ? {} : { debit: { tat } };
    const order = orderOf(this.#turn++);
    return store.queue.claim({ transport: this.#transport.name, worker, most, now: now(), leaseMs, order, ...debit });
  }

  get #isClosedForLong(): boolean {
    return this.#closedUntil - this.#parts.now() > longestWaitMs;
  }

  async #isDone(): Promise<boolean> {
    const { budget, untilEmpty, store, now } = this.#parts;
    if (budget.left <= 0) return true;
    if (!untilEmpty) return false;
    const dueAt = await store.queue.nextDueAt([this.#transport.name]);
    this.#isWaitedFor = dueAt !== null && dueAt <= now();
    return !this.#isWaitedFor || this.#condition.room === 0 || this.#isClosedForLong;
  }

  #wake(): void {
    this.#isWoken = true;
    this.#resume();
  }

  async #pause(until: number): Promise<void> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, Math.min(until - this.#parts.now(), pollMs)));
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isWoken = false;
  }

  /** @returns false when there is nothing left to do */
  async #step(): Promise<boolean> {
    const { now } = this.#parts;
    await this.#condition.refresh();
    const isOpen = this.#condition.room === 0;
    if (isOpen && this.#ready.length > 0) await this.#putBack();
    const lookAt = isOpen ? now() + pollMs : await this.#claim();
    this.#startLines();
    if (this.#lines.size === 0 && this.#ready.length === 0 && (await this.#isDone())) return false;
    await this.#pause(lookAt);
    return true;
  }

  /** Ids of the messages that are claimed and not ended. */
  inHand(): string[] {
    const atWork = [...this.#lines].flatMap(({ unanswered }) => [...unanswered]);
    return [...this.#ready, ...atWork].map(({ claimed }) => claimed.message.id);
  }

  /** What is under way is answered, or is given up after its grace: then it is uncertain, and says so. */
  async #finish(): Promise<void> {
    const { transport } = this.#parts.wayOut;
    const grace = setTimeout(() => transport.breakOff?.(), graceMs);
    while (this.#lines.size > 0) await this.#pause(this.#parts.now() + pollMs);
    clearTimeout(grace);
    if (this.#failure === null) await this.#putBack();
  }

  /** Null when it does not stand still. */
  #stopped(): Stop | null {
    const { stop } = this.#condition;
    if (stop) return this.#isWaitedFor ? stop : null;
    if (!this.#isClosedForLong) return null;
    const text = `The allowance of the day is used up. It goes on at ${new Date(this.#closedUntil).toISOString()}.`;
    return { by: 'allowance', text, until: this.#closedUntil };
  }

  /** @throws what the store throws when a result could not be written; what was under way is finished first */
  async run(): Promise<LaneEnd> {
    const { signal } = this.#parts;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      while (!this.#isStopping && (await this.#step()));
    } finally {
      signal.removeEventListener('abort', stop);
      await this.#finish();
    }
    if (this.#failure !== null) throw this.#failure;
    return { stopped: this.#stopped() };
  }
}

export async function openLane(parts: LaneParts): Promise<Lane> {
  const { transport, limits, digest } = parts.wayOut;
  const state = await parts.store.transports.state(transport.name);
  const lines = { ...limits, connections: transport.connections };
  return new Lane(parts, new Condition({ ...parts, limits: lines, digest }, state), state.tat);
}
