// Messages one after the other: the envelope of the next rides in the flight that holds the dot of this one, so that a message
// costs one round trip (RFC 2920 3.1 lets content begin a group of commands).
import type { Outcome, Task } from '../../message/transport.ts';
import { type Course, settleFault } from './course.ts';
import { LineFault } from './fault.ts';
import { isYes } from './reply.ts';
import { hasRoom } from './session.ts';
import {
  envelopeText,
  hearEarlyWord,
  hearEnvelope,
  hearVerdict,
  sayEnvelope,
  sendContent,
  type Transaction,
} from './transaction.ts';
import type { Transcript } from './transcript.ts';

/** W3 was refused: the message is not ours any more. */
class TaskOver extends Error {}

export class OneRun {
  readonly #course: Course;
  /** W3 of the current message is written. */
  #isCommitted = false;

  constructor(course: Course) {
    this.#course = course;
  }

  /** Begins the next message that can go over this session; what can not is settled at once. */
  #open(first: Task | null, ahead: boolean, transcript?: Transcript): Transaction | null {
    const { supply } = this.#course;
    for (let task = first; task !== null; task = supply.next(ahead)) {
      const opened = this.#course.open(task, { by: 'data' }, transcript);
      if (opened) return opened;
    }
    return null;
  }

  async #sayEnvelope(current: Transaction): Promise<Outcome | null> {
    const { session } = this.#course;
    // An answer that nobody asked for would be read as one to the next command.
    if (session.connection.unread.length > 0) throw new LineFault('protocol', 'The server spoke without being asked.');
    if (!this.#course.isClean) {
      const reply = await session.say('rset', 'RSET', current.transcript);
      if (!isYes(reply.code)) throw new LineFault('connect', 'The server does not take RSET.');
      this.#course.isClean = true;
    }
    if (!this.#course.isPipelining) return sayEnvelope(session, current);
    session.connection.write(envelopeText(current));
    return hearEnvelope(session, current);
  }

  /**
   * W3 of this message behind W4 of the one before: both may share a transaction of the store, and both must be durable before
   * the dot. So there is at most one message per connection of which nobody knows.
   */
  async #commit({ task, transcript }: Transaction): Promise<void> {
    const { session, settled } = this.#course;
    const [before, own] = await Promise.allSettled([settled, task.commit()]);
    if (before.status === 'rejected') throw new TaskOver();
    if (own.status === 'rejected') throw new TaskOver('not committed', { cause: own.reason });
    this.#isCommitted = true;
    // Whatever it answers to, it would be read as the answer to the dot.
    if (session.connection.unread.length > 0) await hearEarlyWord(session, transcript);
    if (!session.connection.isOpen) throw new LineFault('connect', 'The line broke before the final dot.');
  }

  /** The one whose envelope rides with the dot, if any. */
  #takeNext(): Transaction | null {
    const { session, supply, parts, isPipelining } = this.#course;
    if (!isPipelining || !hasRoom(session)) return null;
    if (parts.ways.way === 'window' && parts.ways.isOpenTo(session)) return null;
    const next = this.#open(supply.next(true), true);
    if (next === null) this.#course.starved();
    return next;
  }

  /** The dot, and in the same flight the envelope of the next message when there is one. */
  #sayDot(current: Transaction): Transaction | null {
    const next = this.#takeNext();
    current.transcript.client('.');
    this.#course.session.connection.write(`.\r\n${next ? envelopeText(next) : ''}`);
    return next;
  }

  /** @returns the message whose envelope was said ahead, if any */
  async #finish(current: Transaction, refusal: Outcome | null): Promise<Transaction | null> {
    const course = this.#course;
    if (refusal) {
      course.isClean = false;
      course.endAt421(refusal);
      course.settle(current.task, refusal);
      return null;
    }
    await sendContent(course.session, current);
    await this.#commit(current);
    const next = this.#sayDot(current);
    const outcome = await hearVerdict(course.session, current, next?.steps.length ?? 0);
    course.endAt421(outcome);
    course.settle(current.task, outcome);
    if (outcome.result === 'accepted') course.answered('one', current.layout.size);
    return next;
  }

  /** A server may close a connection that has served as it likes: a message that was not begun before is tried on a new one. */
  #wasUsed(): boolean {
    return this.#course.session.sent > 1;
  }

  /** Carries `first` and what rides along. @returns a message that is still to be carried, perhaps over another connection */
  async run(first: Task, transcript?: Transcript): Promise<Task | null> {
    const { session, supply } = this.#course;
    let current = this.#open(first, false, transcript);
    let saidAhead = false;
    while (current !== null) {
      this.#course.begin(current);
      this.#isCommitted = false;
      let next: Transaction | null;
      try {
        if (!saidAhead) await current.task.turn?.();
        const refusal = await (saidAhead ? hearEnvelope(session, current) : this.#sayEnvelope(current));
        if (this.#course.isOver(session.sent, refusal)) throw new LineFault('connect', 'The server closes the line.');
        next = await this.#finish(current, refusal);
      } catch (error) {
        return this.#breakOff(current, error);
      }
      saidAhead = next !== null;
      if (next !== null && !session.connection.isOpen) return next.task;
      current = next;
    }
    return hasRoom(session) ? supply.next(false) : null;
  }

  /** Nothing was committed: provably unsent. */
  async #breakOff({ task, transcript }: Transaction, error: unknown): Promise<Task | null> {
    const { session, settled, supply, parts } = this.#course;
    session.connection.destroy();
    if (error instanceof LineFault && this.#wasUsed()) {
      if (!this.#isCommitted) return task;
      await task.giveBack();
    } else if (!(error instanceof TaskOver)) await settleFault(task, error, transcript, parts.settings);
    await settled;
    return supply.next(false);
  }
}
