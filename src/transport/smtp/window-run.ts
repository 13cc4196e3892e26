// Several messages in flight over one session, each whole: RSET, MAIL, RCPT, BDAT LAST and its octets (RFC 3030, RFC 2920).
// W3 of each is durable before a word of it is said, and W4 of the one that made room for it before that; so there are at most as
// many messages of which nobody knows as the window is wide.
import type { Task } from '../../message/transport.ts';
import { ChunkLine, withFlight } from './chunk-line.ts';
import type { Course } from './course.ts';
import { LineFault } from './fault.ts';
import { envelopeWords, type FlightVerdict, type Heard, judgeFlight, plainWords } from './flight-verdict.ts';
import { asLastReply, type Reply, textOf } from './reply.ts';
import { hasRoom } from './session.ts';
import { refused, type Transaction } from './transaction.ts';
import type { Transcript } from './transcript.ts';

interface Flight extends Transaction {
  /** Of the message on its session, from 1. */
  number: number;
  /** W3 was refused: the message is not ours any more. */
  isLost: boolean;
  /** Its last octets were given to the system. */
  isSaid: boolean;
  /** Why it was not said, where it broke the line itself. */
  fault: unknown;
  /** Resolves when it is said, or never will be. */
  ready: Promise<void>;
}

/** Its octets are there: what is read while it is sent could fail in the middle, and take down all that is in flight before it. */
export const isHeld = ({ job }: Task): boolean => job.attachments.every(({ fill }) => fill !== null);

export class WindowRun {
  readonly #course: Course;
  readonly #line: ChunkLine;
  /** In the order in which they are said and answered. */
  #flights: Flight[] = [];
  #lastReady: Promise<void> = Promise.resolve();
  /** What comes in answers nobody knows what. */
  #isOutOfStep = false;
  /** W4 or W3 can not be written. */
  #isStoreBroken = false;
  /** A message that can not go this way, or not over this session. */
  #left: Task | null = null;
  /** Provably unsent, to go as if they had never been taken. */
  #unsent: Task[] = [];

  constructor(course: Course) {
    this.#course = course;
    this.#line = new ChunkLine(course.session);
  }

  get #isStandingStill(): boolean {
    const { connection } = this.#course.session;
    return this.#line.isClosing || this.#isOutOfStep || this.#isStoreBroken || !connection.isOpen;
  }

  /** W3, as soon as it can be: the messages of a window share a commit of the store. @returns whether it may be said */
  async #commit(flight: Flight): Promise<boolean> {
    const [before, own] = await Promise.allSettled([this.#course.settled, flight.task.commit()]);
    if (before.status === 'rejected') this.#isStoreBroken = true;
    flight.isLost = before.status === 'rejected' || own.status === 'rejected';
    return !flight.isLost;
  }

  async #commitAndSay(flight: Flight, before: Promise<void>, memory: Buffer): Promise<void> {
    const [isOurs] = await Promise.all([this.#commit(flight), before]);
    if (!isOurs || this.#isOutOfStep || this.#line.isEnding(flight.number)) return;
    try {
      await this.#line.say(flight, flight.number, memory, () => void (flight.isSaid = true));
    } catch (error) {
      flight.fault = error;
      this.#course.session.connection.destroy();
    }
  }

  /** The content is read before W3: bytes that are gone then harm neither their message nor those before it. */
  async #getReady(flight: Flight, before: Promise<void>): Promise<void> {
    await flight.task.turn?.();
    const unread = await withFlight(flight, (memory) => this.#commitAndSay(flight, before, memory));
    if (unread === null) return;
    flight.fault = unread.error;
    await before;
  }

  #begin(task: Task, transcript?: Transcript): void {
    const { session, parts } = this.#course;
    if (this.#left === null && !(isHeld(task) && hasRoom(session))) this.#left = task;
    if (this.#left === task) return;
    const encoding = parts.ways.encoding(session);
    const opened = this.#course.open(task, { by: 'chunk', encoding }, transcript);
    if (!opened) return;
    this.#course.begin(opened);
    const state = { number: session.sent, isLost: false, isSaid: false, fault: null, ready: this.#lastReady };
    const flight: Flight = { ...opened, ...state };
    flight.ready = this.#lastReady = this.#getReady(flight, this.#lastReady);
    this.#flights.push(flight);
  }

  /** Where only one is under way there is no window: who called decides anew how the next one goes. */
  #fill(): void {
    const { session, supply, parts } = this.#course;
    while (this.#flights.length > 0 && this.#flights.length < parts.ways.depth) {
      if (this.#isStandingStill || this.#left !== null || parts.ways.way !== 'window' || !hasRoom(session)) return;
      const task = supply.next(true);
      if (task === null) return this.#course.starved();
      this.#begin(task);
    }
  }

  #uncertain({ task, transcript }: Flight, text: string, reply: Reply | null): void {
    this.#isOutOfStep = true;
    this.#course.session.connection.destroy();
    transcript.note(text);
    const last = reply && asLastReply(reply);
    this.#course.settle(task, { result: 'uncertain', text, reply: last, transcript: transcript.text() });
  }

  #accept({ task, transcript, layout }: Flight, { replies }: Heard): void {
    const reply = replies.at(-1)!;
    this.#course.parts.ways.learn(envelopeWords(replies), plainWords(reply));
    this.#course.isClean = true;
    this.#course.settle(task, { result: 'accepted', reply: asLastReply(reply), transcript: transcript.text() });
    this.#course.answered('window', layout.size);
  }

  #refuse(flight: Flight, { phase, reply }: Extract<FlightVerdict, { is: 'refused' }>): void {
    const { session, parts } = this.#course;
    this.#course.isClean = false;
    // It offers CHUNKING and does not know it: the content would be read as commands. It was the first to go so, and alone.
    if (parts.ways.known === null && phase === 'dot' && reply.code >= 500 && reply.code <= 504) {
      parts.ways.giveUp();
      session.connection.destroy();
      return void this.#unsent.push(flight.task);
    }
    const outcome = refused(session, phase, reply, flight.transcript);
    if (this.#course.isOver(flight.number, outcome)) this.#unsent.push(flight.task);
    else this.#course.settle(flight.task, outcome);
  }

  async #end(flight: Flight): Promise<void> {
    const heard = await this.#line.hear(flight, this.#course.parts.ways.known);
    const verdict = judgeFlight(heard);
    switch (verdict.is) {
      case 'accepted': {
        if (!this.#line.hasTooMany) return this.#accept(flight, heard);
        const words = `${verdict.reply.code} ${textOf(verdict.reply)}`;
        return this.#uncertain(flight, `The server answered more than it was asked: ${words}`, verdict.reply);
      }
      case 'refused':
        return this.#refuse(flight, verdict);
      case 'unsent':
        return void this.#unsent.push(flight.task);
      case 'uncertain':
        return this.#uncertain(flight, verdict.text, verdict.reply);
    }
  }

  /** One that was not said. Where the line has served before, or another broke it, nobody is to blame. */
  #drop({ task, transcript, fault, number }: Flight): void {
    const isBlamed = fault !== null && (number === 1 || !(fault instanceof LineFault));
    if (isBlamed) this.#course.settleFault(task, fault, transcript);
    else this.#unsent.push(task);
  }

  async #answer(flight: Flight): Promise<void> {
    await flight.ready;
    if (flight.isLost) return;
    if (!flight.isSaid) return this.#drop(flight);
    if (this.#isOutOfStep) return this.#uncertain(flight, 'The message was handed over, and its answer is lost.', null);
    return this.#end(flight);
  }

  /** The last first: where they wait they are put before the others. */
  async #giveBack(): Promise<void> {
    const ends = await Promise.allSettled(this.#unsent.toReversed().map((task) => task.giveBack()));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async #endLine(): Promise<void> {
    const { connection } = this.#course.session;
    const isReset = this.#isStandingStill ? false : await this.#line.hearReset();
    if (isReset === false) connection.destroy();
    if (isReset !== null) this.#course.isClean = isReset;
  }

  /** Carries these and what follows. @returns a message that is still to be carried, perhaps another way or over another connection */
  async run(tasks: readonly Task[], transcript?: Transcript): Promise<Task | null> {
    const { session, supply } = this.#course;
    for (const [at, task] of tasks.entries()) this.#begin(task, at === 0 ? transcript : undefined);
    this.#fill();
    for (let first = this.#flights[0]; first; first = this.#flights[0]) {
      await this.#answer(first);
      this.#flights.shift();
      this.#fill();
    }
    await this.#endLine();
    await this.#giveBack();
    return this.#left ?? (hasRoom(session) ? supply.next(false) : null);
  }
}
