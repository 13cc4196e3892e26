// Several messages in flight over one session, each whole: RSET, MAIL, RCPT, BDAT LAST and its octets (RFC 3030, RFC 2920).
// W3 of each is durable before a word of it is said, and W4 of the one that made room for it before that; so there are at most as
// many messages of which nobody knows as the window is wide.
import { setImmediate } from 'node:timers/promises';
import type { Task } from '../../message/transport.ts';
import { composeInto } from '../mime/compose.ts';
import { type Course, settleFault } from './course.ts';
import { LineEnded, LineFault } from './fault.ts';
import { envelopeWords, type FlightVerdict, type Heard, judgeFlight, plainWords } from './flight-verdict.ts';
import { asLastReply, isYes, type Reply, textOf } from './reply.ts';
import { withScratch } from './scratch.ts';
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

/** What is said before the content; a RSET may have been said already. */
const commandsOf = ({ steps, layout }: Flight, isResetSaid: boolean): string[] => [
  ...(isResetSaid ? steps.slice(1) : steps).map(({ line }) => line),
  `BDAT ${layout.size} LAST`,
];

const wireText = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\r\n`).join(''));

const asEnd = (error: LineFault): NonNullable<Heard['end']> => ({
  text: error.message,
  byServer: error instanceof LineEnded,
});

export class WindowRun {
  readonly #course: Course;
  /** In the order in which they are said and answered. */
  #flights: Flight[] = [];
  #lastReady: Promise<void> = Promise.resolve();
  /** Answers that are still to come to what was said. */
  #owed = 0;
  #isWriting = false;
  /** RSET of the next message was said already. */
  #isResetSaid = false;
  /** The server has said 421. */
  #isClosing = false;
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
  }

  get #isStandingStill(): boolean {
    return this.#isClosing || this.#isOutOfStep || this.#isStoreBroken || !this.#course.session.connection.isOpen;
  }

  /** W3, as soon as it can be: the messages of a window share a commit of the store. @returns whether it may be said */
  async #commit(flight: Flight): Promise<boolean> {
    const [before, own] = await Promise.allSettled([this.#course.settled, flight.task.commit()]);
    if (before.status === 'rejected') this.#isStoreBroken = true;
    flight.isLost = before.status === 'rejected' || own.status === 'rejected';
    return !flight.isLost;
  }

  /** Nothing more is to be said over this line, and nobody is to blame. */
  #isEnding({ number }: Flight): boolean {
    const { unread } = this.#course.session.connection;
    return this.#isClosing || this.#isOutOfStep || (number > 1 && unread.some(({ code }) => code === 421));
  }

  #checkLine(): void {
    const { connection } = this.#course.session;
    if (!connection.isOpen) throw new LineFault('connect', 'The line broke before the content.');
    if (connection.unread.length > this.#owed) throw new LineFault('protocol', 'The server spoke without being asked.');
  }

  /**
   * Envelope and content as one piece of memory: small writes would be small packets.
   * @param memory the content, behind room for what is said before it
   */
  async #say(flight: Flight, memory: Buffer): Promise<void> {
    const { connection, timeouts } = this.#course.session;
    const { layout, transcript } = flight;
    // What has come meanwhile is read now: to write to a server that said 421 and hung up can lose its words.
    await setImmediate();
    if (this.#isEnding(flight)) return;
    this.#checkLine();
    const lines = commandsOf(flight, this.#isResetSaid);
    const head = wireText(lines);
    const start = memory.length - layout.size - head.length;
    memory.set(head, start);
    for (const line of lines) transcript.client(line);
    const manner = layout.encoding === 'binary' ? ', attachments as they are' : '';
    transcript.note(`${layout.size} octets of content${manner}`);
    this.#owed += lines.length;
    this.#isResetSaid = false;
    const last = (): void => void (flight.isSaid = true);
    await connection.flush(memory.subarray(start), timeouts.block, last);
  }

  async #commitAndSay(flight: Flight, before: Promise<void>, memory: Buffer): Promise<void> {
    const [isOurs] = await Promise.all([this.#commit(flight), before]);
    if (!isOurs || this.#isEnding(flight)) return;
    this.#isWriting = true;
    try {
      await this.#say(flight, memory);
    } catch (error) {
      flight.fault = error;
      this.#course.session.connection.destroy();
    }
    this.#isWriting = false;
  }

  /** The content is read before W3: bytes that are gone then harm neither their message nor those before it. */
  async #getReady(flight: Flight, before: Promise<void>): Promise<void> {
    const room = wireText(commandsOf(flight, false)).length;
    const { layout } = flight;
    await withScratch(room + layout.size, (lent) => {
      const memory = lent.subarray(0, room + layout.size);
      try {
        composeInto(memory.subarray(room), layout);
      } catch (error) {
        flight.fault = error;
        return before;
      }
      return this.#commitAndSay(flight, before, memory);
    });
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

  /**
   * A server that answers a part holds back the next small packet until that one is acknowledged (Nagle; Postfix does), and our
   * side acknowledges 40 ms later when it has nothing to say. So it says the next RSET.
   */
  #acknowledge(): void {
    const { connection } = this.#course.session;
    if (this.#isWriting || this.#isResetSaid || this.#isClosing || connection.unread.length > 0) return;
    connection.write('RSET\r\n');
    this.#isResetSaid = true;
    this.#owed++;
  }

  /** The answer to a RSET that no message followed. */
  async #hearReset(): Promise<void> {
    const { session } = this.#course;
    if (!this.#isResetSaid || this.#isStandingStill) return;
    this.#isResetSaid = false;
    const reply = await session.hear('rset', session.newTranscript()).catch(() => null);
    this.#course.isClean = reply !== null && isYes(reply.code);
    if (!this.#course.isClean) session.connection.destroy();
  }

  async #hear(flight: Flight): Promise<Heard> {
    const replies: Reply[] = [];
    const isClosing = this.#isClosing;
    let end: Heard['end'] = null;
    try {
      for (const phase of [...flight.steps.map((step) => step.phase), 'dot'] as const) {
        if (replies.length > 0) this.#acknowledge();
        // After 421 the end of the line is the answer, and comes at once.
        replies.push(await this.#course.session.hear(this.#isClosing ? 'rset' : phase, flight.transcript));
        this.#owed--;
        this.#isClosing ||= replies.at(-1)!.code === 421;
      }
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      flight.transcript.note(error.message);
      end = asEnd(error);
    }
    return { replies, end, isClosing, known: this.#course.parts.ways.known };
  }

  /** More answers than questions, also when they come behind a good one (RFC 5321 3.8 lets 421 come at any time). */
  get #hasTooMany(): boolean {
    return this.#course.session.connection.unread.filter(({ code }) => code !== 421).length > this.#owed;
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
    const heard = await this.#hear(flight);
    const verdict = judgeFlight(heard);
    switch (verdict.is) {
      case 'accepted': {
        if (!this.#hasTooMany) return this.#accept(flight, heard);
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
  async #drop({ task, transcript, fault, number }: Flight): Promise<void> {
    const isBlamed = fault !== null && (number === 1 || !(fault instanceof LineFault));
    if (isBlamed) await settleFault(task, fault, transcript, this.#course.parts.settings);
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
    await this.#hearReset();
    if (this.#isStandingStill) session.connection.destroy();
    await this.#giveBack();
    return this.#left ?? (hasRoom(session) ? supply.next(false) : null);
  }
}
