// One try of one message as a task for a transport: its job with its bytes, the W3 gate, and what came of it (W4).
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { Document, Message } from '../message/message.ts';
import type { UncertainPolicy } from '../message/settings.ts';
import type { Job, Outcome, Task } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/queue.ts';
import type { Store } from '../store/store.ts';
import type { Failpoint } from './failpoint.ts';
import { loadAttachments } from './load-attachments.ts';
import { judge, type Verdict } from './verdict.ts';

export interface TaskParts {
  store: Store;
  files: FileStore;
  by: string;
  now: () => number;
  random: () => number;
  failpoint: Failpoint;
  uncertainPolicy: (documentType: string) => UncertainPolicy;
}

/** Who looks after the task: told of each step as it happens, not when it is written. */
export interface TaskWatch {
  /** The other side has answered, or can not any more. Resolves when what follows for the transport is written. */
  onVerdict(verdict: Verdict): Promise<void>;
  /** It was taken from us (cancelled, held, lease gone), or is held for its content. */
  onGone(): void;
  onGivenBack(): void;
  /** A store that can not write must stop all sending: nothing may be handed over that is not written down. */
  onStoreFailure(failure: StoreFailure): void;
}

export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
}

/** The wait before the one automatic repeat of an uncertain message: evidence may come first. */
const onceMoreMs = 15 * 60_000;
/** After a fault of our own program. */
const bugPauseMs = 5 * 60_000;

const factsOf = (message: Message, documents: readonly Document[]): Record<string, string> => {
  const [first] = documents;
  return {
    company: message.company,
    customer: message.customer,
    customerName: first?.customerName ?? '',
    type: message.documentType,
    number: first?.number ?? '',
    date: first?.date ?? '',
    amount: first?.amount ?? '',
    currency: first?.currency ?? '',
    message: message.id,
    batch: message.batchId ?? '',
    channel: message.channel,
  };
};

/** The program, not the other side, is at fault: kept like any other outcome, so that nothing is left under way. */
const ownFault = (error: unknown, committed: boolean, message: Message, now: number): Verdict => {
  const text = `Outbox itself failed: ${wordsOf(error)}`;
  const base = { text, reason: 'other', tries: message.tries + 1, fault: null } as const;
  return committed
    ? { ...base, trigger: 'lose-sight', result: 'uncertain', reason: 'dropped-connection', dueAt: null }
    : { ...base, trigger: 'put-back', result: 'interrupted', dueAt: now + bugPauseMs };
};

const isMissingContent = (error: unknown): boolean => error instanceof OutboxError && error.code === 'OBX017';

export function createTasks(parts: TaskParts) {
  const { store } = parts;

  const holdForContent = async ({ message }: Claimed, error: unknown): Promise<void> => {
    const change = { reason: 'missing-content', detail: wordsOf(error) };
    const words = { at: parts.now(), by: parts.by, text: wordsOf(error), change };
    await store.changes.apply({ id: message.id, trigger: 'hold', ...words });
  };

  /** W4, and the policy for what may have gone. */
  const write = async (claimed: Claimed, committed: boolean, verdict: Verdict, outcome: Outcome | null) => {
    const { message } = claimed;
    const { fault: _, ...end } = verdict;
    const at = parts.now();
    const [reply, transcript] = [outcome?.reply ?? null, outcome?.transcript ?? ''];
    await store.queue.settle(claimed, committed, { ...end, at, by: parts.by, reply, transcript });
    parts.failpoint('W4');
    const repeat = verdict.trigger === 'lose-sight' && message.tries === 0;
    if (!repeat || parts.uncertainPolicy(message.documentType) !== 'once-more') return;
    const text = 'The policy of its document type sends it once more, unless evidence comes first.';
    const change = { dueAt: at + onceMoreMs };
    await store.changes.apply({ id: message.id, trigger: 'release', at, by: 'policy', text, change });
  };

  return {
    /** @returns null when its bytes are missing: then it is held. @throws the store's errors */
    async prepare(claimed: Claimed): Promise<Job | null> {
      const { message, attemptId, documents } = claimed;
      const ingredients = message.ingredients!;
      try {
        const attachments = await loadAttachments(parts.files, ingredients.attachments);
        const { id, channel, recipient } = message;
        return { id, attemptId, channel, recipient, ingredients, attachments, facts: factsOf(message, documents) };
      } catch (error) {
        await holdForContent(claimed, error);
        return null;
      }
    },

    task(claimed: Claimed, job: Job, watch: TaskWatch): Task {
      const { message } = claimed;
      let committed = false;

      const orFailure = async (work: Promise<unknown>): Promise<void> => {
        try {
          await work;
        } catch (error) {
          const failure = new StoreFailure(wordsOf(error), { cause: error });
          watch.onStoreFailure(failure);
          throw failure;
        }
      };

      const end = (verdict: Verdict, outcome: Outcome | null): Promise<void> => {
        parts.failpoint('answered');
        return orFailure(Promise.all([write(claimed, committed, verdict, outcome), watch.onVerdict(verdict)]));
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
          committed = true;
          parts.failpoint('W3');
        },
        settle: (outcome) => end(judge(message, outcome, parts.now(), parts.random()), outcome),
        async fail(error) {
          if (committed || !isMissingContent(error)) return end(ownFault(error, committed, message, parts.now()), null);
          await orFailure(holdForContent(claimed, error));
          watch.onGone();
        },
        giveBack: () => watch.onGivenBack(),
      };
    },
  };
}
