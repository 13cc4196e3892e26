// The ways that a transport has for its messages, and the one they go now: of all its connections together.
import type { SmtpSettings } from '../../message/settings.ts';
import type { Encoding } from '../mime/compose.ts';
import type { Session } from './session.ts';
import { type Choice, choose, firstChoice, type Measured, type Way, type Width } from './way-choice.ts';

/** Servers that say something new every time can not be told apart so. */
const mostWords = 64;

export class Ways {
  readonly #width: Width;
  readonly #isBinary: boolean;
  #choice: Choice;
  /** Words of the server's yes before a content; null while they are not known. */
  #known: Set<string> | null = null;
  /** False: this server gets no window. */
  #isPossible = true;

  constructor({ limits, binary }: SmtpSettings) {
    this.#width = { window: limits.window, lines: limits.connections };
    this.#isBinary = binary;
    this.#choice = firstChoice(this.#width);
  }

  /** Messages in flight over one connection at most. */
  get depth(): number {
    // With one in flight nothing can be out of step.
    return this.#known === null ? 1 : this.#width.window;
  }

  /** Answers that come before a line is seen at its full pace: to what was begun before it, and to the first of it. */
  get settling(): Record<Way, number> {
    return { one: 2, window: 2 * this.#width.window };
  }

  get way(): Way {
    return this.#choice.way;
  }

  encoding({ extensions }: Session): Encoding {
    return this.#isBinary && extensions.has('BINARYMIME') ? 'binary' : 'base64';
  }

  /** Whether the window is a way over this session at all. */
  isOpenTo(session: Session): boolean {
    const { extensions } = session;
    if (!this.#isPossible || !extensions.has('CHUNKING') || !extensions.has('PIPELINING')) return false;
    return this.#width.window > 1 || this.encoding(session) === 'binary';
  }

  get known(): ReadonlySet<string> | null {
    return this.#known;
  }

  /**
   * Of the first message that goes in one flight, alone; and of those that follow, for a name may stand for several servers. A server that says yes to a content in no other words than to what comes
   * before gets no window: answers could be out of step, and nobody would see it.
   */
  learn(envelope: ReadonlySet<string>, content: string): void {
    this.#known ??= new Set();
    for (const words of envelope) if (this.#known.size < mostWords) this.#known.add(words);
    if (this.#known.has(content)) this.giveUp();
  }

  giveUp(): void {
    this.#isPossible = false;
  }

  measured(measured: Measured): void {
    this.#choice = choose(this.#choice, measured, this.#width);
  }
}
