// One try of one message as a task for a transport: its job with its bytes, the W3 gate, and what came of it (W4).
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { Job, Outcome, Task } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/claim.ts';
import type { Store } from '../store/store.ts';
import type { Failpoint } from './failpoint.ts';
import { jobOf } from './job.ts';
import { areWhole } from './load-attachments.ts';
import { judge, judgeOwnFault, type Verdict } from './verdict.ts';

export interface TaskParts {
  store: Store;
  files: FileStore;
  by: string;
  now: () => number;
  random: () => number;
  failpoint: Failpoint;
  /** Whether a lease taken at this time of the monotonic clock is ours for certain. */
  isLeaseSure: (since: number) => boolean;
}

/** Who looks after the task: told of each step as it happens, not when it is written. */
export interface TaskWatch {
  /** Resolves when the limits let it begin. */
  onTurn(): Promise<void>;
  /** The other side has answered, or can not any more. Resolves when what follows for the transport is written. */
  onVerdict(verdict: Verdict): Promise<void>;
  /** The verdict is written, and holds. */
  onSettled(verdict: Verdict): void;
  /** It was taken from us (cancelled, held, lease gone), or is held for its content. */
  onGone(): void;
  onGivenBack(): void;
  /** A store that can not write must stop all sending: nothing may be handed over that is not written down. */
  onStoreFailure(error: unknown): void;
}

const isCode = (error: unknown, code: OutboxError['code']): boolean =>
  error instanceof OutboxError && error.code === code;

async function holdForContent({ store, now, by }: TaskParts, { message: { id } }: Claimed, error: unknown) {
  const text = wordsOf(error);
  const change = { reason: 'missing-content', detail: text };
  await store.changes.apply({ id, trigger: 'hold', at: now(), by, text, change });
}

/** The job of a message; null when its bytes are missing: then it is held. @throws the store's errors */
export async function prepareJob(parts: TaskParts, claimed: Claimed): Promise<Job | null> {
  try {
    return await jobOf(parts.files, claimed);
  } catch (error) {
    if (!isCode(error, 'OBX017')) throw error;
    await holdForContent(parts, claimed, error);
    return null;
  }
}

/** Jobs whose bytes were looked for once more: a second time they are held. */
const lookedFor = new WeakSet<Job>();

export class MessageTask implements Task {
  readonly job: Job;
  readonly #parts: TaskParts;
  readonly #claimed: Claimed;
  readonly #since: number;
  readonly #watch: TaskWatch;
  #isCommitted = false;

  /** @param since when it was claimed, by the monotonic clock */
  constructor(parts: TaskParts, claimed: Claimed, job: Job, since: number, watch: TaskWatch) {
    this.job = job;
    this.#parts = parts;
    this.#claimed = claimed;
    this.#since = since;
    this.#watch = watch;
  }

  async #orFailure<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#watch.onStoreFailure(error);
      throw error;
    }
  }

  /** W4. @returns false when somebody else had decided before us */
  async #write(committed: boolean, verdict: Verdict, outcome: Outcome | null): Promise<boolean> {
    const { store, now, by, failpoint } = this.#parts;
    const { fault: _, ...end } = verdict;
    const [reply, transcript] = [outcome?.reply ?? null, outcome?.transcript ?? ''];
    const isOurs = await store.queue.settle(this.#claimed, committed, { ...end, at: now(), by, reply, transcript });
    failpoint('W4');
    return isOurs;
  }

  async #end(verdict: Verdict, outcome: Outcome | null): Promise<void> {
    this.#parts.failpoint('answered');
    const written = this.#write(this.#isCommitted, verdict, outcome);
    const [isOurs] = await this.#orFailure(Promise.all([written, this.#watch.onVerdict(verdict)]));
    if (isOurs) this.#watch.onSettled(verdict);
  }

  /** Takes W3 back: the step after it was not taken, so it is provably unsent. */
  async #takeBack(text: string): Promise<void> {
    const { tries, reason } = this.#claimed.message;
    const dueAt = this.#parts.now();
    const verdict: Verdict = { trigger: 'put-back', result: 'put-back', text, reason, tries, dueAt, fault: null };
    await this.#orFailure(this.#write(true, verdict, null));
    this.#watch.onGone();
  }

  turn(): Promise<void> {
    return this.#watch.onTurn();
  }

  async commit(): Promise<void> {
    const { store, isLeaseSure, failpoint } = this.#parts;
    try {
      await store.queue.commit(this.#claimed);
    } catch (error) {
      if (isCode(error, 'OBX019')) this.#watch.onGone();
      else this.#watch.onStoreFailure(error);
      throw error;
    }
    if (!isLeaseSure(this.#since)) {
      // It may have run out while W3 was on its way (a paused machine, a slow database): nobody knows who has it now.
      await this.#takeBack('The worker was stopped for longer than its lease, and did not send.');
      throw new OutboxError('OBX019', { id: this.#claimed.message.id });
    }
    this.#isCommitted = true;
    failpoint('W3');
  }

  settle(outcome: Outcome): Promise<void> {
    const { now, random } = this.#parts;
    return this.#end(judge(this.#claimed.message, outcome, now(), random()), outcome);
  }

  async fail(error: unknown): Promise<void> {
    if (this.#isCommitted || !isCode(error, 'OBX017')) {
      const { message } = this.#claimed;
      return this.#end(judgeOwnFault(message, wordsOf(error), this.#isCommitted, this.#parts.now()), null);
    }
    if (!lookedFor.has(this.job) && (await areWhole(this.#parts.files, this.job.attachments))) {
      lookedFor.add(this.job);
      return this.#watch.onGivenBack();
    }
    await this.#orFailure(holdForContent(this.#parts, this.#claimed, error));
    this.#watch.onGone();
  }

  async giveBack(): Promise<void> {
    if (this.#isCommitted) return this.#takeBack('The line was gone before the final dot.');
    this.#watch.onGivenBack();
  }
}
