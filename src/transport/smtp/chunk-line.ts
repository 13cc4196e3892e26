// One line with messages in one flight each, several behind each other: what is said, what is owed, what is heard. RFC 3030, RFC 2920.
import { setImmediate } from 'node:timers/promises';
import { composeInto } from '../mime/compose.ts';
import { LineEnded, LineFault } from './fault.ts';
import type { Heard } from './flight-verdict.ts';
import { isYes, type Reply } from './reply.ts';
import { withScratch } from './scratch.ts';
import type { Session } from './session.ts';
import type { Transaction } from './transaction.ts';

const asEnd = (error: LineFault): NonNullable<Heard['end']> => ({
  text: error.message,
  byServer: error instanceof LineEnded,
});

const commandsOf = (steps: Transaction['steps'], size: number): string[] => [
  ...steps.map(({ line }) => line),
  `BDAT ${size} LAST`,
];

const wireText = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\r\n`).join(''));

/**
 * Lends memory that ends with the content of the message, behind room for what is said before it.
 * @returns what could not be read, and then `use` was not called; else null
 */
export async function withFlight(
  { steps, layout }: Transaction,
  use: (memory: Buffer) => Promise<void>,
): Promise<{ error: unknown } | null> {
  const room = wireText(commandsOf(steps, layout.size)).length;
  let fault: { error: unknown } | null = null;
  await withScratch(room + layout.size, async (lent) => {
    const memory = lent.subarray(0, room + layout.size);
    try {
      composeInto(memory.subarray(room), layout);
    } catch (error) {
      fault = { error };
      return;
    }
    await use(memory);
  });
  return fault;
}

export class ChunkLine {
  readonly #session: Session;
  /** Answers that are still to come to what was said. */
  #owed = 0;
  #isWriting = false;
  /** RSET of the next message was said already. */
  #isResetSaid = false;
  /** The server has said 421. */
  #isClosing = false;

  constructor(session: Session) {
    this.#session = session;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** More answers than questions, also when they come behind a good one (RFC 5321 3.8 lets 421 come at any time). */
  get hasTooMany(): boolean {
    return this.#session.connection.unread.filter(({ code }) => code !== 421).length > this.#owed;
  }

  /** @param number of the message on its session, from 1. @returns whether nothing more is to be said, and nobody is to blame */
  isEnding(number: number): boolean {
    const { unread } = this.#session.connection;
    return this.#isClosing || (number > 1 && unread.some(({ code }) => code === 421));
  }

  #check(): void {
    const { connection } = this.#session;
    if (!connection.isOpen) throw new LineFault('connect', 'The line broke before the content.');
    if (connection.unread.length > this.#owed) throw new LineFault('protocol', 'The server spoke without being asked.');
  }

  /**
   * Says envelope and content as one piece of memory: small writes would be small packets. Nothing is said over a line that ends.
   * @param memory as `withFlight` lends it
   * @param onLast told right before the last octets go
   * @throws LineFault
   */
  async say(
    { layout, transcript, steps }: Transaction,
    number: number,
    memory: Buffer,
    onLast: () => void,
  ): Promise<void> {
    const { connection, timeouts } = this.#session;
    this.#isWriting = true;
    // What has come meanwhile is read now: to write to a server that said 421 and hung up can lose its words.
    await setImmediate();
    if (!this.isEnding(number)) {
      this.#check();
      const lines = commandsOf(this.#isResetSaid ? steps.slice(1) : steps, layout.size);
      const head = wireText(lines);
      const start = memory.length - layout.size - head.length;
      memory.set(head, start);
      for (const line of lines) transcript.client(line);
      const manner = layout.encoding === 'binary' ? ', attachments as they are' : '';
      transcript.note(`${layout.size} octets of content${manner}`);
      this.#owed += lines.length;
      this.#isResetSaid = false;
      await connection.flush(memory.subarray(start), timeouts.block, onLast);
    }
    this.#isWriting = false;
  }

  /**
   * A server that answers a part holds back the next small packet until that one is acknowledged (Nagle; Postfix does), and our
   * side acknowledges 40 ms later when it has nothing to say. So it says the next RSET.
   */
  #acknowledge(): void {
    const { connection } = this.#session;
    if (this.#isWriting || this.#isResetSaid || this.#isClosing || connection.unread.length > 0) return;
    connection.write('RSET\r\n');
    this.#isResetSaid = true;
    this.#owed++;
  }

  /** The answers to a message that was said whole, as far as they come. @param known words of a yes before a content */
  async hear({ steps, transcript }: Transaction, known: Heard['known']): Promise<Heard> {
    const replies: Reply[] = [];
    const isClosing = this.#isClosing;
    let end: Heard['end'] = null;
    try {
      for (const phase of [...steps.map((step) => step.phase), 'dot'] as const) {
        if (replies.length > 0) this.#acknowledge();
        // After 421 the end of the line is the answer, and comes at once.
        const reply = await this.#session.hear(this.#isClosing ? 'rset' : phase, transcript);
        replies.push(reply);
        this.#owed--;
        this.#isClosing ||= reply.code === 421;
      }
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      transcript.note(error.message);
      end = asEnd(error);
    }
    return { replies, end, isClosing, known };
  }

  /** The answer to a RSET that no message followed. @returns false when the line can not be used any more; null: none was said */
  async hearReset(): Promise<boolean | null> {
    if (!this.#isResetSaid) return null;
    this.#isResetSaid = false;
    const reply = await this.#session.hear('rset', this.#session.newTranscript()).catch(() => null);
    return reply !== null && isYes(reply.code);
  }
}
