// One try of one message: loads its bytes, gives it to the transport with the W3 gate, and writes what came of it (W4).
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { Document, Message } from '../message/message.ts';
import type { UncertainPolicy } from '../message/settings.ts';
import type { Job, LoadedAttachment, Outcome, Transport } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/queue.ts';
import type { Store } from '../store/store.ts';
import type { Failpoint } from './failpoint.ts';
import { judge, type Verdict } from './verdict.ts';

export interface DeliveryParts {
  store: Store;
  files: FileStore;
  by: string;
  now: () => number;
  random: () => number;
  failpoint: Failpoint;
  uncertainPolicy: (documentType: string) => UncertainPolicy;
}

/** A store that can not write W3 or W4 must stop all sending: nothing may be handed over that is not written down. */
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

async function loadAttachments(files: FileStore, message: Message): Promise<LoadedAttachment[]> {
  const attachments = message.ingredients?.attachments ?? [];
  return Promise.all(attachments.map(async (part) => ({ ...part, bytes: await files.get(part.sha256) })));
}

/** The program, not the other side, is at fault: kept like any other outcome, so that nothing is left under way. */
const ownFault = (error: unknown, committed: boolean, message: Message, now: number): Verdict => {
  const text = `Outbox itself failed: ${wordsOf(error)}`;
  const base = { text, reason: 'other', tries: message.tries + 1, fault: null } as const;
  return committed
    ? { ...base, trigger: 'lose-sight', result: 'uncertain', reason: 'dropped-connection', dueAt: null }
    : { ...base, trigger: 'put-back', result: 'interrupted', dueAt: now + bugPauseMs };
};

export function createDelivery(parts: DeliveryParts) {
  const { store } = parts;

  const holdForContent = async (claimed: Claimed, error: unknown): Promise<null> => {
    const { id } = claimed.message;
    const change = { reason: 'missing-content', detail: wordsOf(error) };
    await store.changes.apply({ id, trigger: 'hold', at: parts.now(), by: parts.by, text: wordsOf(error), change });
    return null;
  };

  /** W4, and the policy for what may have gone. */
  const settle = async (claimed: Claimed, committed: boolean, verdict: Verdict, outcome: Outcome | null) => {
    const { message } = claimed;
    const { fault: _, ...end } = verdict;
    const at = parts.now();
    await store.queue
      .settle(claimed, committed, {
        ...end,
        at,
        by: parts.by,
        reply: outcome?.reply ?? null,
        transcript: outcome?.transcript ?? '',
      })
      .catch((error: unknown) => {
        throw new StoreFailure(wordsOf(error), { cause: error });
      });
    parts.failpoint('W4');
    const repeat = verdict.trigger === 'lose-sight' && message.tries === 0;
    if (!repeat || parts.uncertainPolicy(message.documentType) !== 'once-more') return;
    const text = 'The policy of its document type sends it once more, unless evidence comes first.';
    const change = { dueAt: at + onceMoreMs };
    await store.changes.apply({ id: message.id, trigger: 'release', at, by: 'policy', text, change });
  };

  /**
   * @returns the verdict, or null when the message was taken from us (cancelled, held, lease gone) or is held for its content
   * @throws StoreFailure when W3 or W4 could not be written
   */
  return async function deliver(
    transport: Transport,
    claimed: Claimed,
    documents: readonly Document[],
  ): Promise<Verdict | null> {
    const { message } = claimed;
    let attachments: LoadedAttachment[];
    try {
      attachments = await loadAttachments(parts.files, message);
    } catch (error) {
      return holdForContent(claimed, error);
    }
    let committed = false;
    let lost: unknown = null;
    const commit = async (): Promise<void> => {
      await store.queue.commit(claimed).catch((error: unknown) => {
        lost = error;
        throw error;
      });
      committed = true;
      parts.failpoint('W3');
    };
    const job: Job = {
      id: message.id,
      attemptId: claimed.attemptId,
      channel: message.channel,
      recipient: message.recipient,
      ingredients: message.ingredients!,
      attachments,
      facts: factsOf(message, documents),
    };
    let outcome: Outcome | null = null;
    let verdict: Verdict;
    try {
      outcome = await transport.send(job, commit);
      verdict = judge(message, outcome, parts.now(), parts.random());
    } catch (error) {
      if (lost instanceof OutboxError && lost.code === 'OBX019') return null;
      if (lost) throw new StoreFailure(wordsOf(lost), { cause: lost });
      verdict = ownFault(error, committed, message, parts.now());
    }
    parts.failpoint('answered');
    await settle(claimed, committed, verdict, outcome);
    return verdict;
  };
}
