// One TCP connection, plain or under TLS: writes octets, reads replies, and says what happened when it breaks.
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { wordsOf } from '../../message/errors.ts';
import { LineEnded, LineFault } from './fault.ts';
import { redactor } from './redactor.ts';
import { createReplyReader, type Reply } from './reply.ts';

interface Waiting {
  resolve(reply: Reply): void;
  reject(fault: LineFault): void;
}

/** So much is written at once: a slow line shows that it moves. */
const sliceOctets = 128 * 1024;

const within = async <T>(work: Promise<T>, ms: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LineFault('connect', `No answer ${what} within ${ms / 1000} s.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

export class Connection {
  #socket: Socket | TLSSocket;
  #secrets: readonly string[] = [];
  #redact = redactor([]);
  #reader = createReplyReader((text) => this.#redact(text));
  #replies: Reply[] = [];
  #waiting: Waiting | null = null;
  #fault: LineFault | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  /** @throws LineFault (connect) */
  static async open(host: string, port: number, ms: number): Promise<Connection> {
    const socket = connectPlain({ host, port, noDelay: true });
    try {
      await within(once(socket, 'connect'), ms, `from ${host} port ${port}`);
    } catch (error) {
      socket.destroy();
      if (error instanceof LineFault) throw error;
      throw new LineFault('connect', `No connection to ${host} port ${port}: ${wordsOf(error)}.`, error);
    }
    return new Connection(socket);
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', (error) =>
      this.#break(new LineEnded('connect', `The line broke: ${error.message}.`, error)),
    );
    this.#socket.on('close', () => this.#break(new LineEnded('connect', 'The server closed the line.')));
  }

  #take(chunk: Buffer): void {
    this.#replies.push(...this.#reader.feed(chunk));
    if (this.#waiting && this.#replies.length > 0) {
      const { resolve } = this.#waiting;
      this.#waiting = null;
      resolve(this.#replies.shift()!);
    }
    // What was answered before the nonsense is answered.
    const fault = this.#reader.fault();
    if (fault) this.#break(fault);
  }

  #break(fault: LineFault): void {
    this.#fault ??= fault;
    this.#socket.destroy();
    this.#waiting?.reject(this.#fault);
    this.#waiting = null;
  }

  /** Told once, when the line is gone for whatever reason. */
  onEnd(tell: () => void): void {
    this.#socket.once('close', tell);
  }

  get isOpen(): boolean {
    return this.#fault === null;
  }

  get peerAddress(): string {
    return this.#socket.remoteAddress ?? '';
  }

  /** Our side of it. */
  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  /** From now on these are taken out of everything that is heard. */
  hide(secrets: readonly string[]): void {
    this.#secrets = [...this.#secrets, ...secrets];
    this.#redact = redactor(this.#secrets);
  }

  /** Null without TLS. */
  get tls(): TLSSocket | null {
    return 'encrypted' in this.#socket ? this.#socket : null;
  }

  write(data: string | Buffer): void {
    if (this.#fault === null) this.#socket.write(data);
  }

  /**
   * Resolves when the system has taken all of it, so that the memory may be used again and a slow line is waited for.
   * @param onLast told right before the last octets go: until then the other side can not have all of it
   * @throws LineFault when the line breaks, or takes nothing for so long
   */
  async flush(data: Buffer, ms: number, onLast?: () => void): Promise<void> {
    if (this.#fault) throw this.#fault;
    for (let from = 0; from < data.length; from += sliceOctets) {
      const slice = data.subarray(from, from + sliceOctets);
      if (from + sliceOctets >= data.length) onLast?.();
      const taken = new Promise<void>((resolve, reject) => {
        this.#socket.write(slice, (error) => (error ? reject(this.#fault ?? error) : resolve()));
      });
      try {
        await within(taken, ms, 'to the content');
      } catch (error) {
        this.#break(
          error instanceof LineFault ? error : new LineEnded('connect', `The line broke: ${wordsOf(error)}.`),
        );
        throw this.#fault!;
      }
    }
  }

  /** Open, and the server has said nothing since its last answer, not even the beginning of a line. */
  get isQuiet(): boolean {
    return this.isOpen && this.#replies.length === 0 && !this.#reader.pending();
  }

  /** Replies that have come and were not read yet. */
  get unread(): readonly Reply[] {
    return this.#replies;
  }

  /** The next reply. @throws LineFault when the line breaks or the time is over; the connection is unusable then */
  async reply(ms: number): Promise<Reply> {
    const ready = this.#replies.shift();
    if (ready) return ready;
    if (this.#fault) throw this.#fault;
    const coming = new Promise<Reply>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    try {
      return await within(coming, ms, 'from the server');
    } catch (error) {
      this.#break(error as LineFault);
      throw error;
    }
  }

  /**
   * TLS from here on. Whatever came in clear behind the last reply was not said by the server of the certificate (STARTTLS
   * injection, CVE-2011-0411): it is a fault, never an answer.
   * @throws LineFault (tls)
   */
  async startTls(options: ConnectionOptions, ms: number): Promise<void> {
    if (this.#replies.length > 0 || this.#reader.pending()) {
      throw new LineFault('protocol', 'The server spoke on in clear after it had agreed to TLS.');
    }
    const plain = this.#socket;
    plain.removeAllListeners();
    const secure = connectTls({ ...options, socket: plain });
    this.#socket = secure;
    try {
      await within(once(secure, 'secureConnect'), ms, 'to the TLS handshake');
    } catch (error) {
      secure.destroy();
      plain.destroy();
      this.#fault = new LineFault('tls', `No safe connection: ${wordsOf(error)}`, error);
      throw this.#fault;
    }
    this.#listen();
  }

  destroy(): void {
    this.#break(new LineFault('connect', 'The connection was closed by us.'));
  }
}
