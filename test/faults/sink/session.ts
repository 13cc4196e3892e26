// One client's connection: understands what it says, pipelined or not (RFC 2920), and answers as the plan wants.
import { placeOf } from '../../support/smtp-verbs.ts';
import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { Input, type Incoming, newIncoming } from './input.ts';
import { describeContent, type Entry } from './ledger.ts';
import { beginLogin, type Login } from './login.ts';
import { offersOf } from './offers.ts';
import type { Action, Place, Plan } from './plan.ts';

/** What the connections share. */
export interface House {
  plan(): Plan;
  /** The action that the plan has for this place now; counts the visit. */
  actionAt(place: Place, line: string, message: number): Action;
  note(line: string): void;
  record(entry: Omit<Entry, 'at'>): void;
  /** Whether MAIL is refused by the throttle. */
  isThrottled(connection: number): boolean;
  passwords(): readonly string[];
}

export class SmtpSession {
  readonly #house: House;
  readonly #number: number;
  #socket: Socket;
  #input = new Input();
  #messages = 0;
  #recipient = '';
  #announced = 0;
  #isEightBit = false;
  #incoming: Incoming | null = null;
  #isStalled = false;
  #rate: number | null = null;
  /** AUTH LOGIN and PLAIN without an initial response go on over several lines. */
  #login: Login['next'] = null;
  #isOver = false;
  #isBusy = false;

  constructor(house: House, socket: Socket, number: number) {
    this.#house = house;
    this.#socket = socket;
    this.#number = number;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    if (house.plan().tls?.implicit) this.#secure();
    else this.#listen();
    void this.#begin();
  }

  get #isGone(): boolean {
    return this.#isOver || this.#socket.destroyed;
  }

  #listen(): void {
    this.#socket.on('error', () => {});
    this.#socket.on('data', (chunk: Buffer) => {
      this.#input.push(chunk);
      if (this.#input.isFull || this.#isStalled || this.#rate !== null) this.#socket.pause();
      void this.#pump();
    });
  }

  #secure(): void {
    const { key, certificate } = this.#house.plan().tls!;
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, {
      isServer: true,
      secureContext: createSecureContext({ key, cert: certificate }),
    });
    this.#listen();
  }

  async #begin(): Promise<void> {
    this.#isBusy = true;
    await this.#act(this.#house.actionAt('greeting', '', 0), '220 sink.example ESMTP');
    this.#isBusy = false;
    await this.#pump();
  }

  #write(text: string): void {
    if (!this.#isGone) this.#socket.write(Buffer.from(text, 'latin1'));
  }

  /** @returns the code that was said, or null */
  async #act(action: Action, usual: string): Promise<number | null> {
    const delay = (action.delayMs ?? 0) + this.#house.plan().replyDelayMs;
    if (delay > 0) await wait(delay);
    const hasWords = action.say !== undefined || action.raw !== undefined;
    const isSilent = action.silent === true || (action.close !== undefined && !hasWords);
    const reply = action.raw ?? `${action.say ?? usual}\r\n`;
    if (!isSilent) {
      for (const piece of action.split ? reply : [reply]) {
        this.#write(piece);
        if (action.split) await wait(1);
      }
    }
    if (action.stall) this.#isStalled = true;
    if (action.close) this.#close(action.close);
    return isSilent ? null : Number(/^\d{3}/.exec(reply)?.[0] ?? 0);
  }

  #close(how: 'fin' | 'rst'): void {
    this.#isOver = true;
    if (how === 'fin') this.#socket.destroySoon();
    else if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  async #pump(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (!this.#isGone && !this.#isStalled && (await this.#step()));
    } finally {
      this.#isBusy = false;
    }
    if (!this.#isGone && !this.#isStalled && this.#socket.isPaused()) this.#socket.resume();
  }

  /** @returns false when more octets are needed */
  async #step(): Promise<boolean> {
    if (this.#incoming) return this.#takeContent(this.#incoming);
    const line = this.#input.line();
    if (line === null) return false;
    this.#house.note(line);
    if (this.#login) {
      this.#logIn(this.#login(line));
      return true;
    }
    await this.#answer(line);
    return true;
  }

  async #answer(line: string): Promise<void> {
    const verb = line.split(' ')[0]!.toUpperCase();
    if (verb === 'BDAT') return this.#chunk(line);
    const place = placeOf(verb);
    if (!place) return this.#write('500 5.5.1 what is that\r\n');
    const action = this.#house.actionAt(place, line, this.#messages + (place === 'mail' ? 1 : 0));
    if (place === 'rcpt' && !/^[45]/.test(action.say ?? action.raw ?? ''))
      this.#recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (place === 'mail') this.#beginMessage(line);
    if (place === 'rset') this.#recipient = '';
    if (place === 'auth' && Object.keys(action).length === 0)
      return this.#logIn(beginLogin(line, this.#house.passwords()));
    const usual = this.#usual(place, line);
    const code = await this.#act(action, usual);
    if (place === 'data' && code === 354) this.#incoming = this.#beginContent();
    if (place === 'starttls' && code === 220) this.#secure();
    if (place === 'quit' && !this.#isGone) this.#socket.end();
    if (code === 421 && !this.#isGone) this.#close('fin');
  }

  #logIn({ reply, next }: Login): void {
    this.#login = next;
    this.#write(`${reply}\r\n`);
  }

  #beginMessage(line: string): void {
    this.#messages++;
    this.#chunks = null;
    this.#recipient = '';
    this.#announced = Number(/ SIZE=(\d+)/i.exec(line)?.[1] ?? 0);
    this.#isEightBit = / BODY=(8BITMIME|BINARYMIME)/i.test(line) || / SMTPUTF8/i.test(line);
  }

  #usual(place: Place, line: string): string {
    const plan = this.#house.plan();
    if (place === 'ehlo')
      return line.startsWith('HELO') ? '250 sink.example' : offersOf(plan, this.#socket instanceof TLSSocket);
    if (place === 'mail') {
      if (plan.passwords && this.#house.passwords().length === 0) return '530 5.7.57 Client not authenticated';
      if (plan.size > 0 && this.#announced > plan.size) return '552 5.3.4 too large';
      return this.#house.isThrottled(this.#number) ? plan.throttle!.reply : '250 2.1.0 sender ok';
    }
    if (place === 'rcpt') return '250 2.1.5 recipient ok';
    if (place === 'starttls') return plan.tls ? '220 go on' : '502 5.5.1 not here';
    if (place === 'data') return this.#recipient === '' ? '554 5.5.1 no valid recipients' : '354 go on';
    return place === 'quit' ? '221 2.0.0 bye' : '250 2.0.0 ok';
  }

  /** Reads on at the pace of the plan. @returns false when more octets are needed */
  async #takeContent(incoming: Incoming): Promise<boolean> {
    if (this.#input.isEmpty) return false;
    this.#input.content(incoming, this.#mostNow(incoming));
    if (this.#rate !== null) await wait(1_000);
    if (this.#isDue(incoming)) return this.#interrupt();
    if (incoming.isWhole) await this.#finish(incoming, true);
    return true;
  }

  #pending: Action | null = null;

  #beginContent(): Incoming {
    const action = this.#house.actionAt('content', `RCPT ${this.#recipient}`, this.#messages);
    if (action.octetsPerSecond) this.#rate = action.octetsPerSecond;
    this.#pending = action.share === undefined ? null : action;
    return newIncoming();
  }

  /** Octets of a content after which something happens; null when nothing does. */
  get #interruptAt(): number | null {
    return this.#pending ? Math.max(1, Math.floor(this.#pending.share! * this.#announced)) : null;
  }

  #mostNow({ octets }: Incoming): number {
    const at = this.#interruptAt;
    return Math.min(this.#rate ?? Number.POSITIVE_INFINITY, at === null ? Number.POSITIVE_INFINITY : at - octets);
  }

  #isDue({ octets }: Incoming): boolean {
    const at = this.#interruptAt;
    return at !== null && octets >= at;
  }

  async #interrupt(): Promise<boolean> {
    const action = this.#pending!;
    this.#pending = null;
    await this.#act({ silent: action.say === undefined && action.raw === undefined, ...action }, '');
    return !this.#isGone && !this.#isStalled;
  }

  /** RFC 3030: so many octets follow, whatever they are. */
  async #chunk(line: string): Promise<void> {
    const [, count = '0', last] = line.split(' ');
    const incoming = (this.#chunks ??= this.#beginContent());
    for (let left = Number(count); left > 0;) {
      left -= this.#input.octets(incoming, Math.min(left, this.#mostNow(incoming)));
      if (this.#rate !== null) await wait(1_000);
      if (this.#isDue(incoming)) await this.#interrupt();
      if (this.#isGone || this.#isStalled) return;
      if (left > 0) await this.#more();
    }
    if (last?.toUpperCase() !== 'LAST') return this.#write(`250 2.0.0 ${count} octets\r\n`);
    this.#chunks = null;
    if (this.#recipient === '') return this.#write('503 5.5.1 no valid recipients\r\n');
    await this.#finish(incoming, false);
  }

  #chunks: Incoming | null = null;

  #more(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#input.isEmpty || this.#isGone) return resolve();
      this.#socket.resume();
      const go = (): void => {
        this.#socket.off('data', go);
        this.#socket.off('close', go);
        resolve();
      };
      this.#socket.on('data', go);
      this.#socket.on('close', go);
    });
  }

  async #finish(incoming: Incoming, stuffed: boolean): Promise<void> {
    this.#incoming = null;
    const plan = this.#house.plan();
    const action = this.#house.actionAt('dot', `RCPT ${this.#recipient}`, this.#messages);
    const content = describeContent(incoming.pieces, incoming.octets, stuffed, this.#isEightBit);
    const willSay =
      action.silent || (action.close && !action.say && !action.raw)
        ? null
        : Number(/^\d{3}/.exec(action.raw ?? action.say ?? '250')?.[0] ?? 0);
    // A lone dot ends an empty DATA after every recipient was refused (RFC 2920 3.1): there is nobody to keep it for.
    const isYes = willSay !== null && willSay >= 200 && willSay < 300;
    const kept = action.keep ?? (isYes && this.#recipient !== '');
    const entry = {
      ...content,
      recipient: this.#recipient,
      kept,
      said: willSay,
      connection: this.#number,
    };
    this.#house.record(entry);
    if (plan.dotDelayMs > 0) await wait(plan.dotDelayMs);
    const code = await this.#act(action, `250 2.0.0 queued as A${this.#number}-${this.#messages}`);
    if (this.#isGone) return;
    if (plan.closeAfter !== null && this.#messages >= plan.closeAfter) {
      this.#write('421 4.3.2 enough for one connection\r\n');
      this.#close('fin');
    } else if (code === 421) this.#close('fin');
  }
}
