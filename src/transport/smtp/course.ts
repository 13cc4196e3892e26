// One session at work: what the two ways over it share. Messages begin, their outcomes are settled in order, answers are timed.
import { wordsOf } from '../../message/errors.ts';
import type { Envelope, Job, Outcome, Supply, Task } from '../../message/transport.ts';
import type { SmtpSettings } from '../../message/settings.ts';
import { isLoginOver } from './auth.ts';
import { LineFault } from './fault.ts';
import type { IdleSessions } from './idle-sessions.ts';
import { outcomeOf } from './line-outcome.ts';
import { endSession, hasRoom, Rejected, type Session } from './session.ts';
import { type Manner, openTransaction, type Transaction } from './transaction.ts';
import type { Transcript } from './transcript.ts';
import type { Way } from './way-choice.ts';
import type { Ways } from './ways.ts';

export interface CourseParts {
  idle: IdleSessions;
  settings: SmtpSettings;
  ways: Ways;
  envelopeOf(job: Job): Envelope;
}

/** What broke before the commit point: an answer, a line, or our own program. */
export async function settleFault(
  task: Task,
  error: unknown,
  transcript: Transcript,
  settings: SmtpSettings,
): Promise<void> {
  const isOfLine = error instanceof LineFault || error instanceof Rejected;
  await (isOfLine ? task.settle(outcomeOf(error, transcript, settings)) : task.fail(error));
}

export class Course {
  readonly session: Session;
  readonly supply: Supply;
  readonly parts: CourseParts;
  /** No transaction is left open (RFC 5321 4.1.1.5). */
  isClean = true;
  /** W4 of the messages before, on their way to the disk. */
  #settled: Promise<unknown> = Promise.resolve();
  /** When the last answer came, of the monotonic clock, ms; and how many must come before the time between two means something. */
  #clock: { way: Way; since: number; settling: number } | null = null;

  constructor(session: Session, supply: Supply, parts: CourseParts) {
    this.session = session;
    this.supply = supply;
    this.parts = parts;
  }

  /** Rejects when one of them can not be written. */
  get settled(): Promise<unknown> {
    return this.#settled;
  }

  get isPipelining(): boolean {
    return this.session.extensions.has('PIPELINING');
  }

  #after(work: Promise<void>): void {
    this.#settled = Promise.all([this.#settled, work]);
    // Heard of before the next commit, or at the end.
    this.#settled.catch(() => {});
  }

  settle(task: Task, outcome: Outcome): void {
    this.#after(task.settle(outcome));
  }

  /** As `settleFault`. */
  settleFault(task: Task, error: unknown, transcript: Transcript): void {
    this.#after(settleFault(task, error, transcript, this.parts.settings));
  }

  /** @returns null when it can not go over this session: it is settled then */
  open(task: Task, manner: Manner, transcript = this.session.newTranscript()): Transaction | null {
    let opened: Transaction | Outcome;
    try {
      opened = openTransaction(this.session, task, this.parts.envelopeOf(task.job), transcript, manner);
    } catch (error) {
      transcript.note(wordsOf(error));
      this.#after(task.fail(error));
      return null;
    }
    if ('task' in opened) return opened;
    this.settle(task, opened);
    return null;
  }

  /** It counts against what the session may carry from here on. */
  begin({ layout }: Transaction): void {
    this.session.sent++;
    this.session.octets += layout.size;
  }

  /** An answer has come, while others wait or the next one is on its way. */
  answered(way: Way, octets: number): void {
    const now = performance.now();
    const { ways } = this.parts;
    const clock = this.#clock?.way === way ? this.#clock : { way, since: now, settling: ways.settling[way] };
    if (clock.settling > 0) clock.settling--;
    else ways.measured({ way, octets, ms: now - clock.since });
    clock.since = now;
    this.#clock = clock;
  }

  /** There was no next message: what the line takes now says nothing of the line. */
  starved(): void {
    this.#clock = null;
  }

  /**
   * The server will not go on over a session that has served: then a new one does. The same holds for a login by token that has
   * run out: a new connection gets a new one.
   * @param number of the message on the session
   */
  isOver(number: number, refusal: Outcome | null): boolean {
    const code = refusal?.reply?.code ?? 0;
    if (number <= 1) return false;
    if (code === 421) return true;
    const { tokenRefused } = this.session;
    if (tokenRefused === null || !isLoginOver(code)) return false;
    tokenRefused();
    return true;
  }

  /** The server closes the line, whatever it answers to (RFC 5321 3.8). */
  endAt421({ reply }: Outcome): void {
    if (reply?.code === 421) this.session.connection.destroy();
  }

  async park(): Promise<void> {
    if (hasRoom(this.session)) await this.parts.idle.giveBack(this.session, this.isClean);
    else await endSession(this.session);
  }
}
