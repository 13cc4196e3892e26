// One try of one message as a task for a transport: its job with its bytes, the W3 gate, and what came of it (W4).
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { Job, Outcome, Task } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/queue.ts';
import type { Store } from '../store/store.ts';
import type { Failpoint } from './failpoint.ts';
import { jobOf } from './job.ts';
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
  /** The other side has answered, or can not any more. Resolves when what follows for the transport is written. */
  onVerdict(verdict: Verdict): Promise<void>;
  /** The verdict is written, and holds. */
  onSettled(verdict: Verdict): void;
  /** It was taken from us (cancelled, held, lease gone), or is held for its content. */
  onGone(): void;
  onGivenBack(): void;
  /** A store that can not write must stop all sending: nothing may be handed over that is not written down. */
  onStoreFailure(failure: StoreFailure): void;
}

export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
}

const isMissingContent = (error: unknown): boolean => error instanceof OutboxError && error.code === 'OBX017';

export function createTasks(parts: TaskParts) {
  const { store } = parts;

  const holdForContent = async ({ message }: Claimed, error: unknown): Promise<void> => {
    const change = { reason: 'missing-content', detail: wordsOf(error) };
    const words = { at: parts.now(), by: parts.by, text: wordsOf(error), change };
    await store.changes.apply({ id: message.id, trigger: 'hold', ...words });
  };

  /** W4. @returns false when somebody else had decided before us */
  const write = async (claimed: Claimed, committed: boolean, verdict: Verdict, outcome: Outcome | null) => {
    const { fault: _, ...end } = verdict;
    const [reply, transcript] = [outcome?.reply ?? null, outcome?.transcript ?? ''];
    const words = { at: parts.now(), by: parts.by, reply, transcript };
    const isOurs = await store.queue.settle(claimed, committed, { ...end, ...words });
    parts.failpoint('W4');
    return isOurs;
  };

  /** The lease may have run out while W3 was on its way (a paused machine, a slow database): nobody knows who has it now. */
  const withdraw = async (claimed: Claimed): Promise<void> => {
    const { tries, reason } = claimed.message;
    const text = 'The worker was stopped for longer than its lease, and did not send.';
    const verdict: Verdict = { trigger: 'put-back', result: 'put-back', text, reason, tries, dueAt: parts.now(), fault: null };
    await write(claimed, true, verdict, null);
  };

  return {
    /** @returns null when its bytes are missing: then it is held. @throws the store's errors */
    prepare: (claimed: Claimed): Promise<Job | null> =>
      jobOf(parts.files, claimed).catch(async (error: unknown) => {
        await holdForContent(claimed, error);
        return null;
      }),

    /** @param since when it was claimed, by the monotonic clock */
    task(claimed: Claimed, job: Job, since: number, watch: TaskWatch): Task {
      const { message } = claimed;
      let committed = false;

      const orFailure = async <T>(work: Promise<T>): Promise<T> => {
        try {
          return await work;
        } catch (error) {
          const failure = new StoreFailure(wordsOf(error), { cause: error });
          watch.onStoreFailure(failure);
          throw failure;
        }
      };

      const end = async (verdict: Verdict, outcome: Outcome | null): Promise<void> => {
        parts.failpoint('answered');
        const [isOurs] = await orFailure(
          Promise.all([write(claimed, committed, verdict, outcome), watch.onVerdict(verdict)]),
        );
        if (isOurs) watch.onSettled(verdict);
      };

      return {
        job,
        async commit() {
          try {
            await store.queue.commit(claimed);
          } catch (error) {
            if (error instanceof OutboxError && error.code === 'OBX019') watch.onGone();
            else watch.onStoreFailure(new StoreFailure(wordsOf(error), { cause: error }));
            throw error;
          }
          if (!parts.isLeaseSure(since)) {
            await orFailure(withdraw(claimed));
            watch.onGone();
            throw new OutboxError('OBX019', { id: message.id });
          }
          committed = true;
          parts.failpoint('W3');
        },
        settle: (outcome) => end(judge(message, outcome, parts.now(), parts.random()), outcome),
        async fail(error) {
          if (committed || !isMissingContent(error)) {
            return end(judgeOwnFault(message, wordsOf(error), committed, parts.now()), null);
          }
          await orFailure(holdForContent(claimed, error));
          watch.onGone();
        },
        giveBack: () => watch.onGivenBack(),
      };
    },
  };
}
