// The way out as the dispatcher sees it: a transport takes a job and gives an outcome. It knows no store and never retries.
import type { Attachment, Channel, Ingredients, LastReply } from './message.ts';
import type { Reason } from './reasons.ts';

/** An attachment with the way to its bytes: all at once where they are few, else piece by piece. */
export interface LoadedAttachment extends Attachment {
  /**
   * Writes them into memory of exactly their size, without waiting; null where they are too many.
   * @throws when they are gone or are not what their name says
   */
  fill: ((memory: Uint8Array) => void) | null;
  /**
   * The bytes in pieces, from the beginning at every call.
   * @throws while it is read, when they are gone or are not what their name says: the message must not be finished then
   */
  pieces(): AsyncIterable<Uint8Array>;
}

/** One message to one recipient. */
export interface Job {
  /** Of the message. */
  id: string;
  attemptId: string;
  channel: Channel;
  /** Email address or E.164 number. */
  recipient: string;
  ingredients: Ingredients;
  attachments: LoadedAttachment[];
  /** What a driver gets as OUTBOX_* variables and JSON: company, customer, type, number, ... */
  facts: Record<string, string>;
}

/**
 * W3. Called exactly once, right before the step after which the recipient may have the message
 * (final dot, BDAT LAST, start of the driver). Resolves when it is durable; rejects when the lease is lost
 * or the store fails, and then that step must not be taken.
 */
export type Commit = () => Promise<void>;

/** Who is to blame decides what happens: a transport's fault uses up no try of any message (docs/promises.md, 4). */
export type Blame = 'message' | 'transport';

/** What went wrong, coarse enough to choose a retry plan. */
export type FaultClass =
  | 'connect' // no TCP, no DNS, dropped before the commit point, time-out of a phase
  | 'tls'
  | 'auth'
  | 'configuration' // sender not allowed, relaying denied, missing program: a person must change something
  | 'throttle' // too fast, too many connections
  | 'quota' // allowance of the day used up
  | 'protocol' // the other side talks nonsense
  | 'temporary' // 4xx for this message
  | 'permanent' // 5xx for this message
  | 'driver'; // the external program said no

/** Why it was not taken. */
export interface Judgement {
  blame: Blame;
  fault: FaultClass;
  /** No use in trying this message again. */
  permanent: boolean;
  reason: Reason;
  /** In words, for a person: what happened, and what to do (message/advice.ts). */
  text: string;
  /** The other side asked for this pause. */
  retryAfterMs?: number;
}

export type Outcome = { reply: LastReply | null; transcript: string } & (
  | { result: 'accepted' }
  | ({ result: 'refused' } & Judgement)
  /** The commit point was passed and no answer came. */
  | { result: 'uncertain'; text: string }
);

/** One step of `outbox test`, in words. */
export interface TestStep {
  step: string;
  ok: boolean;
  text: string;
  ms: number;
}

/** RFC 5321 2.3.1: who stands in MAIL FROM and RCPT TO. */
export interface Envelope {
  sender: string;
  recipient: string;
}

export interface TestReport {
  ok: boolean;
  steps: TestStep[];
  transcript: string;
}

/** One message on its way: the job, its durable points, and where its outcome goes. It ends in exactly one of the ways below. */
export interface Task {
  job: Job;
  /**
   * Resolves when the limits let it go. Waited for right before the other side hears of it, so before MAIL: there a provider
   * counts, and a connection that takes a second to be made must not bring two messages together. Left out: nothing limits it.
   */
  turn?(): Promise<void>;
  /** W3. When it rejects, the task is over: there is nothing to settle. */
  commit: Commit;
  /**
   * W4. Resolves when the outcome is durable.
   * @throws when it can not be written: nothing more may be committed then
   */
  settle(outcome: Outcome): Promise<void>;
  /** The program itself failed at it: a bug of ours. Otherwise as `settle`. */
  fail(error: unknown): Promise<void>;
  /** Provably unsent, and nobody is to blame: its line was gone before the step after W3. It goes as if it had never been taken. */
  giveBack(): Promise<void>;
}

/** Where a line gets its messages from. */
export interface Supply {
  /**
   * The next one, or null when there is none now.
   * @param ahead the one before is not answered yet on the same line
   */
  next(ahead: boolean): Task | null;
}

export interface Transport {
  readonly name: string;
  /** How many jobs may be under way at once. */
  readonly connections: number;
  /** How many a line of `carry` may have under way at once; 1 when it is left out. */
  readonly window?: number;
  /**
   * Works on one line until the supply has no more. For transports that can overlap one message with the next;
   * the others are given one job after the other by `send`.
   * @throws what `settle` throws; what was not committed has been given back
   */
  carry?(supply: Supply): Promise<void>;
  /**
   * Sends one message. Never throws for anything the other side or the line does: that is an outcome.
   * A rejection is a bug of ours, or `commit` rejected (then the message is provably unsent).
   */
  send(job: Job, commit: Commit): Promise<Outcome>;
  /** Tries everything up to RCPT and takes it back: nothing is sent. */
  test(envelope: Envelope): Promise<TestReport>;
  /** Cuts every line at once: what was handed over and is not answered becomes uncertain. Transports that can not leave it out. */
  breakOff?(): void;
  /** Ends idle connections in good order. */
  close(): Promise<void>;
}
