// The condition of a transport while it works: its breaker, its pace, a person's pause, and what every answer makes of them.
import type { Limits } from '../message/settings.ts';
import type { Store } from '../store/store.ts';
import type { TransportState } from '../store/transports.ts';
import { closed, current, halfOpened, room, type TransportFault, tripped } from './breaker.ts';
import { isSlower, paceOf, quickened, slowed } from './pace.ts';
import type { Verdict } from './verdict.ts';

/** Why a lane stands still. */
export interface Stop {
  by: 'fault' | 'allowance' | 'pause';
  /** In words. */
  text: string;
  /** Goes on by itself at this time, epoch ms; null: a person must do something. */
  until: number | null;
}

export interface ConditionParts {
  store: Store;
  limits: Limits;
  /** Of its settings. */
  digest: string;
  untilEmpty: boolean;
  now: () => number;
}

/** So many messages in a row of which nobody knows are no chance: the other side takes them and hangs up. */
const mostUncertain = 3;
/** So often a transport that works is looked at: a person may have paused it. */
const lookMs = 1_000;

export class Condition {
  readonly #parts: ConditionParts;
  #state: TransportState;
  // Until one message got through to an answer, one connection tries: several wrong logins at once lock an account.
  #isProven = false;
  #uncertainInARow = 0;
  /** When a line last dropped with messages in doubt, by the monotonic clock. */
  readonly #droppedSince = new WeakMap<object, number>();
  #throttledInARow = 0;
  /** When it last went slower, by the monotonic clock. */
  #slowedSince = -Infinity;
  #lookedSince = performance.now();

  constructor(parts: ConditionParts, state: TransportState) {
    this.#parts = parts;
    // A person who starts a run, or has changed the settings, wants to see it tried; an allowance is not freed by that.
    const isAllowance = state.reason === 'rate-limited' && state.retryAt !== null;
    const isWanted = (parts.untilEmpty && !isAllowance) || state.settings !== parts.digest;
    this.#state = state.breaker === 'open' && isWanted ? halfOpened(state) : state;
  }

  /** What there is to send with: the limits of the settings, or less while it was told to go slower. */
  get #pace(): ReturnType<typeof paceOf> {
    return paceOf(this.#state, this.#parts.limits);
  }

  get perMinute(): number | null {
    return this.#pace.perMinute;
  }

  /** Lines that may be at work. */
  get room(): number {
    if (this.isPaused) return 0;
    return Math.min(room(this.#state, this.#pace.connections), this.#isProven ? Infinity : 1);
  }

  /** Nothing limits the rate, and all is well: messages may be claimed and begun ahead of their turn. */
  get isFree(): boolean {
    return this.#isProven && this.#state.breaker === 'closed' && this.#parts.limits.perMinute === null;
  }

  get isOpen(): boolean {
    return this.#state.breaker === 'open';
  }

  get isPaused(): boolean {
    return this.#state.pausedAt !== null;
  }

  async #setBreaker(next: TransportState): Promise<void> {
    if (next === this.#state) return;
    this.#state = { ...next, settings: this.#parts.digest };
    await this.#parts.store.transports.setBreaker(this.#state);
  }

  async #setPace(next: TransportState): Promise<void> {
    if (next === this.#state) return;
    this.#state = next;
    await this.#parts.store.transports.setPace(next);
  }

  /** Whether it is in doubt because of a drop that was counted already: a line may drop with several messages in flight. */
  #isOfSameDrop(begunSince: number, line: object): boolean {
    if (begunSince <= (this.#droppedSince.get(line) ?? -Infinity)) return true;
    this.#droppedSince.set(line, performance.now());
    return false;
  }

  /** A line that drops after the dot is the transport's fault, though each message is uncertain for itself. */
  #faultOf(verdict: Verdict, begunSince: number, line: object): TransportFault | null {
    if (verdict.result !== 'uncertain') this.#uncertainInARow = 0;
    else if (!this.#isOfSameDrop(begunSince, line)) this.#uncertainInARow++;
    if (this.#uncertainInARow < mostUncertain) return verdict.fault;
    const text = `${this.#uncertainInARow} messages in a row were handed over and never answered. The last: ${verdict.text}`;
    return { fault: 'connect', reason: 'dropped-connection', text };
  }

  /** Where going slower may be enough the next message is tried at once, by one connection; the second throttle in a row opens the breaker. */
  async #slowDown(fault: TransportFault, begunSince: number): Promise<void> {
    // Begun before it went slower: it says nothing new.
    if (begunSince <= this.#slowedSince) return;
    this.#slowedSince = performance.now();
    const { limits, now } = this.#parts;
    const before = this.#state;
    await this.#setPace(slowed(before, limits, fault, now()));
    const isFirst = ++this.#throttledInARow === 1;
    if (isFirst && fault.retryAfterMs === undefined && isSlower(this.#state, before, limits)) return;
    await this.#setBreaker(tripped(this.#state, fault, now()));
  }

  /**
   * @param begunSince when the message went to its line, by the monotonic clock
   * @param line whichever object stands for it
   */
  async judge(verdict: Verdict, begunSince: number, line: object): Promise<void> {
    const fault = this.#faultOf(verdict, begunSince, line);
    const isAnswered = !fault && verdict.result !== 'interrupted' && verdict.result !== 'uncertain';
    this.#isProven = isAnswered;
    if (isAnswered) this.#throttledInARow = 0;
    if (fault?.fault === 'throttle') await this.#slowDown(fault, begunSince);
    else if (fault) await this.#setBreaker(tripped(this.#state, fault, this.#parts.now()));
    else if (isAnswered && this.#state.breaker !== 'closed') await this.#setBreaker(closed(this.#state));
  }

  /** Another process may have closed it (outbox test does when all is well), or a person has paused it. */
  async #look(): Promise<void> {
    const { isOpen } = this;
    if (!isOpen && performance.now() - this.#lookedSince < lookMs) return;
    this.#lookedSince = performance.now();
    const found = await this.#parts.store.transports.look(this.#state.name);
    if (!found) return;
    const { pausedAt, pausedBy, pausedReason } = found;
    this.#state = isOpen ? found : { ...this.#state, pausedAt, pausedBy, pausedReason };
  }

  /** What time and other processes have changed. */
  async refresh(): Promise<void> {
    const { limits, now } = this.#parts;
    await this.#look();
    this.#state = current(this.#state, now());
    await this.#setPace(quickened(this.#state, limits, now()));
  }

  /** Null when it does not stand still. */
  get stop(): Stop | null {
    const { detail, retryAt, pausedBy, pausedReason } = this.#state;
    const why = pausedReason === null ? '' : `: ${pausedReason}`;
    if (this.isPaused) return { by: 'pause', text: `Paused by ${pausedBy}${why}.`, until: null };
    return this.isOpen ? { by: 'fault', text: `${detail}`, until: retryAt } : null;
  }
}
