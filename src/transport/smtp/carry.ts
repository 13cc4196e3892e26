// Messages over one session, one after the other: the envelope of the next rides in the flight that holds the dot of this one,
// so that a message costs one round trip (RFC 2920 3.1 lets content begin a group of commands).
import type { SmtpSettings } from '../../message/settings.ts';
import type { Envelope, Job, Outcome, Supply, Task } from '../../message/transport.ts';
import { isLoginOver } from './auth.ts';
import { LineFault } from './fault.ts';
import type { IdleSessions } from './idle-sessions.ts';
import { outcomeOf } from './line-outcome.ts';
import { isYes } from './reply.ts';
import { endSession, hasRoom, Rejected, type Session } from './session.ts';
import {
  envelopeText,
  hearEarlyWord,
  hearEnvelope,
  hearVerdict,
  openTransaction,
  sayEnvelope,
  sendContent,
  type Transaction,
} from './transaction.ts';
import type { Transcript } from './transcript.ts';

export interface CarryParts {
  idle: IdleSessions;
  settings: SmtpSettings;
  /** Numbers the next connection; what it gives makes the transcripts of that one. */
  newConnection(): () => Transcript;
  /** @throws LineFault, Rejected */
  begin(transcript: Transcript, newTranscript: () => Transcript): Promise<Session>;
  envelopeOf(job: Job): Envelope;
}

/** W3 was refused: the message is not ours any more. */
class TaskOver extends Error {}

/** What broke before the commit point: an answer, a line, or our own program. */
async function settleFault(
  task: Task,
  error: unknown,
  transcript: Transcript,
  { settings }: CarryParts,
): Promise<void> {
  const isOfLine = error instanceof LineFault || error instanceof Rejected;
  await (isOfLine ? task.settle(outcomeOf(error, transcript, settings)) : task.fail(error));
}

class SessionRun {
  readonly #session: Session;
  readonly #supply: Supply;
  readonly #parts: CarryParts;
  /** W4 of the message before, on its way to the disk. */
  #settled: Promise<unknown> = Promise.resolve();
  /** W3 of the current message is written. */
  #isCommitted = false;
  /** No transaction is left open (RFC 5321 4.1.1.5). */
  #isClean = true;

  constructor(session: Session, supply: Supply, parts: CarryParts) {
    this.#session = session;
    this.#supply = supply;
    this.#parts = parts;
  }

  get #isPipelining(): boolean {
    return this.#session.extensions.has('PIPELINING');
  }

  #settle(task: Task, outcome: Outcome): void {
    const before = this.#settled;
    this.#settled = Promise.all([before, task.settle(outcome)]);
    // Heard of before the next commit, or at the end.
    this.#settled.catch(() => {});
  }

  /** Begins the next message that can go over this session; what can not is settled at once. */
  #open(task: Task | null, ahead: boolean, transcript?: Transcript): Transaction | null {
    while (task !== null) {
      const words = transcript ?? this.#session.newTranscript();
      const opened = openTransaction(this.#session, task, this.#parts.envelopeOf(task.job), words);
      if ('task' in opened) return opened;
      this.#settle(task, opened);
      task = this.#supply.next(ahead);
    }
    return null;
  }

  async #sayEnvelope(current: Transaction): Promise<Outcome | null> {
    // An answer that nobody asked for would be read as one to the next command.
    if (this.#session.connection.unread.length > 0)
      throw new LineFault('protocol', 'The server spoke without being asked.');
    if (!this.#isClean) {
      const reply = await this.#session.say('rset', 'RSET', current.transcript);
      if (!isYes(reply.code)) throw new LineFault('connect', 'The server does not take RSET.');
      this.#isClean = true;
    }
    if (!this.#isPipelining) return sayEnvelope(this.#session, current);
    this.#session.connection.write(envelopeText(current));
    return hearEnvelope(this.#session, current);
  }

  /**
   * W3 of this message behind W4 of the one before: both may share a transaction of the store, and both must be durable before
   * the dot. So there is at most one message per connection of which nobody knows.
   */
  async #commit({ task, transcript }: Transaction): Promise<void> {
    const [before, own] = await Promise.allSettled([this.#settled, task.commit()]);
    if (before.status === 'rejected') throw new TaskOver();
    if (own.status === 'rejected') throw new TaskOver('not committed', { cause: own.reason });
    this.#isCommitted = true;
    // Whatever it answers to, it would be read as the answer to the dot.
    if (this.#session.connection.unread.length > 0) await hearEarlyWord(this.#session, transcript);
    if (!this.#session.connection.isOpen) throw new LineFault('connect', 'The line broke before the final dot.');
  }

  /** The dot, and in the same flight the envelope of the next message when there is one. */
  #sayDot(current: Transaction): Transaction | null {
    const next = this.#isPipelining && hasRoom(this.#session) ? this.#open(this.#supply.next(true), true) : null;
    current.transcript.client('.');
    this.#session.connection.write(`.\r\n${next ? envelopeText(next) : ''}`);
    return next;
  }

  /** The server closes the line, whatever it answers to (RFC 5321 3.8). */
  #endAt421(outcome: Outcome): void {
    if (outcome.reply?.code === 421) this.#session.connection.destroy();
  }

  /** @returns the message whose envelope was said ahead, if any */
  async #finish(current: Transaction, refusal: Outcome | null): Promise<Transaction | null> {
    if (refusal) {
      this.#isClean = false;
      this.#endAt421(refusal);
      this.#settle(current.task, refusal);
      return null;
    }
    await sendContent(this.#session, current);
    await this.#commit(current);
    const next = this.#sayDot(current);
    const outcome = await hearVerdict(this.#session, current, next?.steps.length ?? 0);
    this.#endAt421(outcome);
    this.#settle(current.task, outcome);
    return next;
  }

  /** A server may close a connection that has served as it likes: a message that was not begun before is tried on a new one. */
  #wasUsed(): boolean {
    return this.#session.sent > 1;
  }

  /** The same holds for a login by token that has run out: a new connection gets a new one. */
  #isOver(refusal: Outcome | null): boolean {
    const code = refusal?.reply?.code ?? 0;
    if (!this.#wasUsed()) return false;
    if (code === 421) return true;
    const { tokenRefused } = this.#session;
    if (tokenRefused === null || !isLoginOver(code)) return false;
    tokenRefused();
    return true;
  }

  /** @returns a message that has to go over another connection, or null */
  async run(first: Task, transcript?: Transcript): Promise<Task | null> {
    let current = this.#open(first, false, transcript);
    let saidAhead = false;
    while (current !== null) {
      this.#session.sent++;
      this.#isCommitted = false;
      this.#session.octets += current.layout.size;
      let next: Transaction | null;
      try {
        const refusal = await (saidAhead ? hearEnvelope(this.#session, current) : this.#sayEnvelope(current));
        if (this.#isOver(refusal)) throw new LineFault('connect', 'The server closes the line.');
        next = await this.#finish(current, refusal);
      } catch (error) {
        return this.#breakOff(current, error);
      }
      saidAhead = next !== null;
      if (next !== null && !this.#session.connection.isOpen) return this.#leave(next.task);
      current = next ?? (hasRoom(this.#session) ? this.#open(this.#supply.next(false), false) : null);
    }
    await this.#settled;
    await this.#park();
    return this.#supply.next(false);
  }

  /** Nothing was committed: provably unsent. */
  async #breakOff({ task, transcript }: Transaction, error: unknown): Promise<Task | null> {
    this.#session.connection.destroy();
    if (error instanceof LineFault && this.#wasUsed()) {
      if (!this.#isCommitted) return this.#leave(task);
      await task.giveBack();
    } else if (!(error instanceof TaskOver)) await settleFault(task, error, transcript, this.#parts);
    await this.#settled;
    return this.#supply.next(false);
  }

  async #leave(task: Task): Promise<Task> {
    this.#session.connection.destroy();
    try {
      await this.#settled;
    } catch (error) {
      await task.giveBack();
      throw error;
    }
    return task;
  }

  async #park(): Promise<void> {
    if (hasRoom(this.#session)) await this.#parts.idle.giveBack(this.#session, this.#isClean);
    else await endSession(this.#session);
  }
}

/** Carries until the supply has no more. @throws what `settle` of a task throws */
export async function carry(supply: Supply, parts: CarryParts): Promise<void> {
  let task = supply.next(false);
  while (task !== null) {
    const kept = parts.idle.take();
    if (kept) {
      task = await new SessionRun(kept, supply, parts).run(task);
      continue;
    }
    const newTranscript = parts.newConnection();
    const transcript = newTranscript();
    let session: Session;
    try {
      session = await parts.begin(transcript, newTranscript);
    } catch (error) {
      await settleFault(task, error, transcript, parts);
      task = supply.next(false);
      continue;
    }
    task = await new SessionRun(session, supply, parts).run(task, transcript);
  }
}
