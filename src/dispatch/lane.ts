// The lane of one transport: claims what is due as far as breaker and limits let it, and keeps its connections busy.
import type { Document, Message } from '../message/message.ts';
import type { Limits, UncertainPolicy } from '../message/settings.ts';
import type { Transport } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/queue.ts';
import type { Store } from '../store/store.ts';
import type { TransportState } from '../store/transports.ts';
import { closed, current, halfOpened, room, tripped } from './breaker.ts';
import { createDelivery } from './delivery.ts';
import type { Failpoint } from './failpoint.ts';
import { allow } from './limits.ts';
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
  uncertainPolicy: (documentType: string) => UncertainPolicy;
  untilEmpty: boolean;
  /** How many more messages may be claimed in this run. */
  budget: { left: number };
  /** Aborted: finish what is under way, claim nothing more. */
  signal: AbortSignal;
  onSettled(message: Message, verdict: Verdict): void;
}

export interface LaneEnd {
  /** The breaker is open: why, in words. */
  stopped: string | null;
}

/** Claimed, and waiting for a free connection. */
interface Ready {
  claimed: Claimed;
  documents: Document[];
}

const leaseMs = 120_000;
/** Other processes take in, release and retry: look again at least this often. */
const pollMs = 50;

class Lane {
  readonly #parts: LaneParts;
  readonly #by: string;
  readonly #deliver: ReturnType<typeof createDelivery>;
  #breaker: TransportState;
  /** The limiter's clock. */
  #tat: number;
  #ready: Ready[] = [];
  #underWay = 0;
  #failure: unknown = null;
  // Until one message got through to an answer, one connection tries: several wrong logins at once lock an account.
  #isProven = false;
  #wake = (): void => {};

  constructor(parts: LaneParts, state: TransportState) {
    this.#parts = parts;
    this.#by = `worker ${parts.worker}`;
    this.#deliver = createDelivery({ ...parts, by: this.#by });
    this.#tat = state.tat;
    // A person who starts a run, or has changed the settings, wants to see it tried.
    const isWanted = parts.untilEmpty || state.settings !== parts.wayOut.digest;
    this.#breaker = state.breaker === 'open' && isWanted ? halfOpened(state) : state;
  }

  get #transport(): Transport {
    return this.#parts.wayOut.transport;
  }

  /** Messages that may be under way. */
  #room(): number {
    return Math.min(room(this.#breaker, this.#transport.connections), this.#isProven ? Infinity : 1);
  }

  async #setBreaker(next: TransportState): Promise<void> {
    if (next === this.#breaker) return;
    this.#breaker = { ...next, settings: this.#parts.wayOut.digest };
    await this.#parts.store.transports.setBreaker(this.#breaker);
  }

  async #judgeTransport(verdict: Verdict): Promise<void> {
    const isAnswered = !verdict.fault && verdict.result !== 'interrupted';
    this.#isProven = isAnswered;
    if (verdict.fault) await this.#setBreaker(tripped(this.#breaker, verdict.fault, this.#parts.now()));
    else if (isAnswered && this.#breaker.breaker !== 'closed') await this.#setBreaker(closed(this.#breaker));
  }

  async #send({ claimed, documents }: Ready): Promise<void> {
    const verdict = await this.#deliver(this.#transport, claimed, documents);
    if (!verdict) return;
    await this.#judgeTransport(verdict);
    this.#parts.onSettled(claimed.message, verdict);
  }

  #begin(next: Ready): void {
    this.#underWay++;
    this.#send(next)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#underWay--;
        this.#wake();
      });
  }

  /** What was claimed and can not be begun now goes back as it was. */
  async #putBack(): Promise<void> {
    const waiting = this.#ready;
    this.#ready = [];
    const end = { trigger: 'put-back', result: 'put-back', reply: null, transcript: '' } as const;
    for (const { claimed } of waiting) {
      const { tries, dueAt, reason } = claimed.message;
      const words = { at: this.#parts.now(), by: this.#by, text: 'Put back unsent: the transport stopped.' };
      await this.#parts.store.queue.settle(claimed, false, { ...end, ...words, tries, dueAt, reason });
    }
  }

  /** Where nothing limits the rate, as many again are claimed ahead, so that a connection never waits for a claim. */
  #wanted(free: number): number {
    const isFree = this.#parts.wayOut.limits.perMinute === null && this.#breaker.breaker === 'closed';
    const ahead = isFree && this.#isProven ? this.#transport.connections : 0;
    return Math.min(free + ahead - this.#ready.length, this.#parts.budget.left);
  }

  /** @returns when to look again, epoch ms */
  async #claim(free: number): Promise<number> {
    const { store, wayOut, now, budget } = this.#parts;
    const { perMinute, perDay } = wayOut.limits;
    const wanted = this.#wanted(free);
    if (wanted <= 0 || this.#ready.length >= Math.max(1, free)) return now() + pollMs;
    const usedToday = perDay === null ? 0 : await store.queue.usedToday(this.#transport.name, now());
    const allowance = allow({ perMinute, perDay, wanted, now: now(), tat: this.#tat, usedToday });
    if (allowance.count <= 0) return allowance.nextAt ?? now() + pollMs;
    budget.left -= allowance.count;
    const found = await this.#claimNow(allowance.count, allowance.tat);
    budget.left += allowance.count - found.length;
    if (found.length === 0) return now() + pollMs;
    this.#parts.failpoint('W2');
    this.#tat = allowance.tat ?? this.#tat;
    const documents = await store.messages.documentsOf(found.map(({ message }) => message.id));
    for (const claimed of found) this.#ready.push({ claimed, documents: documents.get(claimed.message.id) ?? [] });
    return now();
  }

  #claimNow(most: number, tat: number | undefined): Promise<Claimed[]> {
    const { store, worker, now } = this.#parts;
    const debit = tat === undefined ? {} : { debit: { tat } };
    return store.queue.claim({ transport: this.#transport.name, worker, most, now: now(), leaseMs, ...debit });
  }

  async #isDone(): Promise<boolean> {
    const { budget, untilEmpty, store, now } = this.#parts;
    if (budget.left <= 0) return true;
    if (!untilEmpty) return false;
    if (this.#breaker.breaker === 'open') return true;
    const dueAt = await store.queue.nextDueAt([this.#transport.name]);
    return dueAt === null || dueAt > now();
  }

  #pause(until: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, Math.min(until - this.#parts.now(), pollMs)));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns false when there is nothing left to do */
  async #step(): Promise<boolean> {
    const { store, now } = this.#parts;
    // Another process may have closed it: outbox test does when all is well.
    if (this.#breaker.breaker === 'open') this.#breaker = await store.transports.state(this.#transport.name);
    this.#breaker = current(this.#breaker, now());
    const most = this.#room();
    if (most === 0 && this.#ready.length > 0) await this.#putBack();
    const lookAt = most > 0 ? await this.#claim(most - this.#underWay) : now() + pollMs;
    while (this.#ready.length > 0 && this.#underWay < this.#room()) this.#begin(this.#ready.shift()!);
    if (this.#underWay > 0 || this.#ready.length > 0) {
      await this.#pause(this.#underWay < most ? lookAt : now() + pollMs);
      return true;
    }
    if (await this.#isDone()) return false;
    await this.#pause(lookAt);
    return true;
  }

  async run(): Promise<LaneEnd> {
    const { signal, now } = this.#parts;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted && this.#failure === null && (await this.#step()));
    } finally {
      signal.removeEventListener('abort', stop);
      while (this.#underWay > 0) await this.#pause(now() + pollMs);
      if (this.#failure === null) await this.#putBack();
    }
    if (this.#failure !== null) throw this.#failure;
    return { stopped: this.#breaker.breaker === 'open' ? `${this.#breaker.detail}` : null };
  }
}

/** @throws StoreFailure when a result could not be written; what was under way is finished first */
export async function runLane(parts: LaneParts): Promise<LaneEnd> {
  const state = await parts.store.transports.state(parts.wayOut.transport.name);
  return new Lane(parts, state).run();
}
