// The lane of one transport: claims what is due as far as breaker and limits let it, and keeps its lines supplied.
import type { Message } from '../message/message.ts';
import { carryOneByOne } from '../message/one-by-one.ts';
import { orderOf } from '../message/priority.ts';
import type { Limits } from '../message/settings.ts';
import type { Job, Supply, Task, Transport } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/queue.ts';
import type { Store } from '../store/store.ts';
import type { TransportState } from '../store/transports.ts';
import { closed, current, halfOpened, room, type TransportFault, tripped } from './breaker.ts';
import type { Failpoint } from './failpoint.ts';
import { type LeaseWatch, leaseMs } from './lease.ts';
import { allow } from './limits.ts';
import { isSlower, paceOf, quickened, slowed } from './pace.ts';
import { createTasks } from './task.ts';
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

/** Why a lane stands still. */
export interface Stop {
  by: 'fault' | 'allowance' | 'pause';
  /** In words. */
  text: string;
  /** Goes on by itself at this time, epoch ms; null: a person must do something. */
  until: number | null;
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

/** So often a running lane looks whether a person has paused its transport. */
const lookMs = 1_000;

/** Other processes take in, release and retry: look again at least this often. */
const pollMs = 50;
/** So many messages for each line are claimed ahead where nothing limits the rate: a claim of many costs little more than one of one. */
const aheadPerLine = 6;

/** What is under way when a person stops the worker has so long to be answered. */
const graceMs = 30_000;
/** So many messages in a row of which nobody knows are no chance: the other side takes them and hangs up. */
const mostUncertain = 3;
/** A run that ends when all is sent does not wait for an allowance that opens later than this. */
const longestWaitMs = 60_000;

export class Lane {
  readonly #parts: LaneParts;
  readonly #by: string;
  readonly #tasks: ReturnType<typeof createTasks>;
  #breaker: TransportState;
  /** The limiter's clock. */
  #tat: number;
  #ready: Ready[] = [];
  readonly #lines = new Set<Line>();
  #failure: unknown = null;
  // Until one message got through to an answer, one connection tries: several wrong logins at once lock an account.
  #isProven = false;
  #uncertainInARow = 0;
  #throttledInARow = 0;
  /** Claims so far: they take turns in what goes first. */
  #turn = 0;
  /** When it last went slower, by the monotonic clock. */
  #slowedSince = -Infinity;
  #lookedSince = performance.now();
  /** Messages wait for it, though it is paused. */
  #isWaitedFor = false;
  /** The limits let nothing through before this time, epoch ms. */
  #closedUntil = 0;
  #isWoken = false;
  #resume = (): void => {};

  constructor(parts: LaneParts, state: TransportState) {
    this.#parts = parts;
    this.#by = `worker ${parts.worker}`;
    this.#tasks = createTasks({ ...parts, by: this.#by, isLeaseSure: (since) => parts.leases.isSure(since) });
    this.#tat = state.tat;
    // A person who starts a run, or has changed the settings, wants to see it tried; an allowance is not freed by that.
    const isAllowance = state.reason === 'rate-limited' && state.retryAt !== null;
    const isWanted = (parts.untilEmpty && !isAllowance) || state.settings !== parts.wayOut.digest;
    this.#breaker = state.breaker === 'open' && isWanted ? halfOpened(state) : state;
  }

  get #transport(): Transport {
    return this.#parts.wayOut.transport;
  }

  /** What there is to send with: the limits of the settings, or less while it was told to go slower. */
  get #pace(): { connections: number; perMinute: number | null } {
    return paceOf(this.#breaker, this.#limits);
  }

  get #limits(): { connections: number; perMinute: number | null } {
    return { connections: this.#transport.connections, perMinute: this.#parts.wayOut.limits.perMinute };
  }

  /** Lines that may be at work. */
  #room(): number {
    if (this.#breaker.pausedAt !== null) return 0;
    return Math.min(room(this.#breaker, this.#pace.connections), this.#isProven ? Infinity : 1);
  }

  /** Nothing limits the rate, and all is well: messages may be claimed and begun ahead of their turn. */
  get #isFree(): boolean {
    return this.#isProven && this.#breaker.breaker === 'closed' && this.#parts.wayOut.limits.perMinute === null;
  }

  get #isStopping(): boolean {
    return this.#parts.signal.aborted || this.#failure !== null;
  }

  async #setBreaker(next: TransportState): Promise<void> {
    if (next === this.#breaker) return;
    this.#breaker = { ...next, settings: this.#parts.wayOut.digest };
    await this.#parts.store.transports.setBreaker(this.#breaker);
  }

  /** A line that drops after the dot is the transport's fault, though each message is uncertain for itself. */
  #faultOf(verdict: Verdict): TransportFault | null {
    this.#uncertainInARow = verdict.result === 'uncertain' ? this.#uncertainInARow + 1 : 0;
    if (this.#uncertainInARow < mostUncertain) return verdict.fault;
    const text = `${this.#uncertainInARow} messages in a row were handed over and never answered. The last: ${verdict.text}`;
    return { fault: 'connect', reason: 'dropped-connection', text };
  }

  async #setPace(next: TransportState): Promise<void> {
    if (next === this.#breaker) return;
    this.#breaker = next;
    await this.#parts.store.transports.setPace(next);
  }

  /** Where going slower may be enough the next message is tried at once, by one connection; the second throttle in a row opens the breaker. */
  async #slowDown(fault: TransportFault, begunSince: number): Promise<void> {
    // Begun before it went slower: it says nothing new.
    if (begunSince <= this.#slowedSince) return;
    this.#slowedSince = performance.now();
    const before = this.#breaker;
    await this.#setPace(slowed(before, this.#limits, fault, this.#parts.now()));
    const isFirst = ++this.#throttledInARow === 1;
    if (isFirst && fault.retryAfterMs === undefined && isSlower(this.#breaker, before, this.#limits)) return;
    await this.#setBreaker(tripped(this.#breaker, fault, this.#parts.now()));
  }

  async #judgeTransport(verdict: Verdict, begunSince: number): Promise<void> {
    const fault = this.#faultOf(verdict);
    const isAnswered = !fault && verdict.result !== 'interrupted' && verdict.result !== 'uncertain';
    this.#isProven = isAnswered;
    if (isAnswered) this.#throttledInARow = 0;
    if (fault?.fault === 'throttle') await this.#slowDown(fault, begunSince);
    else if (fault) await this.#setBreaker(tripped(this.#breaker, fault, this.#parts.now()));
    else if (isAnswered && this.#breaker.breaker !== 'closed') await this.#setBreaker(closed(this.#breaker));
  }

  #taskOf(ready: Ready, line: Line): Task {
    line.unanswered.add(ready);
    const begunSince = performance.now();
    const end = (): void => {
      line.unanswered.delete(ready);
      this.#wake();
    };
    return this.#tasks.task(ready.claimed, ready.job, ready.since, {
      onVerdict: (verdict) => {
        end();
        return this.#judgeTransport(verdict, begunSince);
      },
      onSettled: (verdict) => this.#parts.onSettled(ready.claimed.message, verdict),
      onGone: end,
      onGivenBack: () => {
        this.#ready.unshift(ready);
        end();
      },
      onStoreFailure: (failure) => {
        this.#failure ??= failure;
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
        if (ahead ? !this.#isFree : this.#othersAtWork(line) >= this.#room()) return null;
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
    const wanted = Math.min(this.#room(), this.#lines.size + this.#ready.length);
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
    return this.#transport.connections * aheadPerLine;
  }

  get #lowWater(): number {
    return this.#highWater / 2;
  }

  #wanted(): number {
    const { budget } = this.#parts;
    if (this.#isFree) {
      const isLow = this.#ready.length <= this.#lowWater;
      return isLow ? Math.min(this.#highWater - this.#ready.length, budget.left) : 0;
    }
    const atWork = [...this.#lines].filter(({ unanswered }) => unanswered.size > 0).length;
    return Math.min(this.#room() - atWork - this.#ready.length, budget.left);
  }

  /** @returns when to look again, epoch ms */
  async #claim(): Promise<number> {
    const { store, wayOut, now, budget } = this.#parts;
    const { perDay } = wayOut.limits;
    const { perMinute } = this.#pace;
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
    const jobs = await Promise.all(found.map((claimed) => this.#tasks.prepare(claimed)));
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
    if (this.#breaker.breaker === 'open' || this.#isClosedForLong) return true;
    const dueAt = await store.queue.nextDueAt([this.#transport.name]);
    this.#isWaitedFor = dueAt !== null && dueAt <= now();
    return !this.#isWaitedFor || this.#breaker.pausedAt !== null;
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

  /** Another process may have closed it (outbox test does when all is well), or a person has paused it. */
  async #lookAgain(): Promise<void> {
    const isOpen = this.#breaker.breaker === 'open';
    if (!isOpen && performance.now() - this.#lookedSince < lookMs) return;
    this.#lookedSince = performance.now();
    const found = await this.#parts.store.transports.look(this.#transport.name);
    if (!found) return;
    const { pausedAt, pausedBy, pausedReason } = found;
    this.#breaker = isOpen ? found : { ...this.#breaker, pausedAt, pausedBy, pausedReason };
  }

  /** @returns false when there is nothing left to do */
  async #step(): Promise<boolean> {
    const { now } = this.#parts;
    await this.#lookAgain();
    this.#breaker = current(this.#breaker, now());
    await this.#setPace(quickened(this.#breaker, this.#limits, now()));
    const isOpen = this.#room() === 0;
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
    const { breaker, detail, retryAt, pausedAt, pausedBy, pausedReason } = this.#breaker;
    if (pausedAt !== null) {
      const text = `Paused by ${pausedBy}${pausedReason === null ? '' : `: ${pausedReason}`}.`;
      return this.#isWaitedFor ? { by: 'pause', text, until: null } : null;
    }
    if (breaker === 'open') return { by: 'fault', text: `${detail}`, until: retryAt };
    if (!this.#isClosedForLong) return null;
    const text = `The allowance of the day is used up. It goes on at ${new Date(this.#closedUntil).toISOString()}.`;
    return { by: 'allowance', text, until: this.#closedUntil };
  }

  /** @throws StoreFailure when a result could not be written; what was under way is finished first */
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
  return new Lane(parts, await parts.store.transports.state(parts.wayOut.transport.name));
}
