// What one scenario works with: an installation, a mail server, and a place for what it saw and what should have been.
import type { Message } from '../../src/message/message.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import {
  applySettings,
  type Ended,
  newOutbox,
  type Outbox,
  settingsYaml,
  type Started,
  writeManifest,
} from '../support/outbox.ts';
import type { Plan } from './sink/plan.ts';
import { type Sink, startSink } from './sink/start.ts';

/** What may be so because the fault makes it so, and is known. */
export interface Declared {
  /** Messages that may have more than one copy. */
  doubled?: number;
  /** The mail server said yes and threw the message away: no sender can know. */
  lying?: boolean;
}

export interface Installed {
  outbox: Outbox;
  /** Variables of the environment that every command gets. */
  env: Record<string, string>;
  /** Where the tables are. */
  location: string;
}

export interface Wish {
  /** YAML of the transport `office`, behind kind, host, port: `tls: none` when left out. */
  office?: string;
  limits?: string;
  /** Further lines of the settings. */
  more?: string;
  host?: string;
  messages?: number;
  env?: Record<string, string>;
  /** YAML of the transport for faxes. */
  faxes?: string;
  /** Replaces parts of the settings. */
  edit?: (yaml: string) => string;
}

/** A program that does not end by itself is ended after this. */
const longestMs = 90_000;

export class Scene {
  readonly wrong: string[] = [];
  readonly notes: string[] = [];
  readonly sinks: Sink[] = [];
  readonly installed: Installed[] = [];
  declared: Declared = {};
  /** Where a driver of the scenario writes the Message-ID of what it sent, one a line. */
  ledger: string | null = null;
  /** Messages that intake said yes to. */
  taken = 0;
  #ends: (() => unknown)[] = [];

  after(end: () => unknown): void {
    this.#ends.push(end);
  }

  async clean(): Promise<void> {
    for (const end of this.#ends.toReversed()) await Promise.resolve(end()).catch(() => {});
  }

  must(isSo: boolean, text: string): void {
    if (!isSo) this.wrong.push(text);
  }

  equal<T>(found: T, wanted: T, what: string): void {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
    this.must(a === b, `${what}: ${a} instead of ${b}`);
  }

  saw(text: string): void {
    this.notes.push(text);
  }

  async sink(plan: Partial<Plan> = {}, backlog = 511): Promise<Sink> {
    const sink = await startSink(plan, backlog);
    this.sinks.push(sink);
    this.after(() => sink.stop());
    return sink;
  }

  /** An installation that sends to `sink`, with so many messages of text documents taken in. */
  async install(sink: Pick<Sink, 'port'>, wish: Wish = {}): Promise<Installed> {
    const outbox = await newOutbox({ after: (end: () => unknown) => this.after(end) });
    const env = wish.env ?? {};
    const installed = { outbox, env, location: env['OUTBOX_DATABASE'] ?? `${outbox.data}/outbox.db` };
    this.installed.push(installed);
    await applySettings(outbox, settingsOf(sink.port, wish), env);
    if (wish.messages !== 0) await this.import(installed, wish.messages ?? 5);
    return installed;
  }

  async import({ outbox, env }: Installed, messages: number): Promise<void> {
    const { code, stderr } = await outbox.runWith(env, 'import', await writeManifest(outbox, messages));
    if (code !== 0) throw new Error(`import ended with ${code}: ${stderr}`);
    this.taken += messages;
  }

  /** One command of the program; it counts as wrong when it does not end by itself. */
  async run(
    { outbox, env }: Installed,
    args: readonly string[],
    more: Record<string, string> = {},
    mostMs = longestMs,
  ): Promise<Ended> {
    return this.ended(outbox.start(args, { ...env, ...more }), args[0] ?? '', mostMs);
  }

  async ended(started: Started, what: string, mostMs = longestMs): Promise<Ended> {
    const timer = setTimeout(() => {
      this.wrong.push(`outbox ${what} did not end within ${mostMs / 1000} s`);
      started.child.kill('SIGKILL');
    }, mostMs);
    const ended = await started.ended;
    clearTimeout(timer);
    if (/\n\s+at .*\.(ts|js|mjs):\d+/.test(ended.stderr))
      this.wrong.push(`outbox ${what} died of a bug: ${lastWords(ended.stderr)}`);
    return ended;
  }

  /** Sends what is due, until nothing is. */
  send(installed: Installed, more: Record<string, string> = {}): Promise<Ended> {
    return this.run(installed, ['run', '--until-empty'], more);
  }

  async withStore<T>(installed: Installed, use: (store: Store) => Promise<T>): Promise<T> {
    const store = await openStore(installed.location);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  messages(installed: Installed): Promise<Message[]> {
    return this.withStore(installed, (store) => store.messages.find({}));
  }

  /** Messages by status. */
  async counts(installed: Installed): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { status } of await this.messages(installed)) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  async mustCount(installed: Installed, wanted: Record<string, number>, when: string): Promise<void> {
    const found = await this.counts(installed);
    const sorted = (counts: Record<string, number>) =>
      Object.fromEntries(
        Object.entries(counts)
          .filter(([, count]) => count > 0)
          .toSorted(),
      );
    this.equal(sorted(found), sorted(wanted), when);
  }

  /** What waits has used up no try. */
  async mustBeUntouched(installed: Installed, when: string): Promise<void> {
    for (const { status, tries } of await this.messages(installed)) {
      if (status === 'queued' && tries > 0)
        return this.must(false, `${when}: a waiting message used up ${tries} tries`);
    }
  }
}

const lastWords = (text: string): string => text.trim().split('\n')[0]!.slice(0, 160);

export function settingsOf(port: number, wish: Wish): string {
  const {
    office = 'tls: none',
    limits = 'connections: 4',
    host = '127.0.0.1',
    faxes = '{ kind: driver, command: /bin/true }',
  } = wish;
  const transport = `{ kind: smtp, host: "${host}", port: ${port}, ${office}, limits: { ${limits} } }`;
  const yaml = settingsYaml(`  office: ${transport}\n  faxes: ${faxes}`, wish.more ?? '');
  return wish.edit ? wish.edit(yaml) : yaml;
}
