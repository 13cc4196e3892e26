// The lane of one transport: claims what is due as far as breaker and limits let it, and keeps its connections busy.
import type { Document, Message } from '../message/message.ts';
import type { Limits, UncertainPolicy } from '../message/settings.ts';
import type { Transport } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/queue.ts';
import type { Store } from '../store/store.ts';
import { closed, current, halfOpened, room, tripped } from './breaker.ts';
import { createDelivery } from './delivery.ts';
import type { Failpoint } from './failpoint.ts';
import { allow } from './limits.ts';
import type { Verdict } from './verdict.ts';

export interface WayOut {
  transport: Transport;
  limits: Limits;
  /** Changes when its settings do: a breaker that waits for a person closes then. */
  digest: string;
}

export interface LaneParts {
  store: Store;
  files: FileStore;
  wayOut: WayOut;
  worker: string;
  now: () => number;
  random: () => number;
  failpoint: Failpoint;
  uncertainPolicy: (documentType: string) => UncertainPolicy;
  untilEmpty: boolean;
  /** How many more messages may be claimed in this run. */
  budget: { left: number };
  /** Aborted: finish what is under way, claim nothing more. */
  signal: AbortSignal;
  onSettled(message: Message, verdict: Verdict): void;
}

const leaseMs = 120_000;
/** Other processes take in, release and retry: look again at least this often. */
const pollMs = 100;

/** Claimed, and waiting for a free connection. */
interface Ready {
  claimed: Claimed;
  documents: Document[];
}

export interface LaneEnd {
  /** The breaker is open: why, in words. */
  stopped: string | null;
}

export async function runLane(parts: LaneParts): Promise<LaneEnd> {
  const { store, wayOut, now, signal } = parts;
  const { transport } = wayOut;
  const by = `worker ${parts.worker}`;
  const deliver = createDelivery({ ...parts, by });
  let breaker = await store.transports.state(transport.name);
  let tat = breaker.tat;
  let ready: Ready[] = [];
  let underWay = 0;
  let failure: unknown = null;
  // Until one message got through to an answer, one connection tries: several wrong logins at once lock an account.
  let isProven = false;
  let wake = (): void => {};

  // A person who starts a run, or has changed the settings, wants to see it tried.
  if (breaker.breaker === 'open' && (parts.untilEmpty || breaker.settings !== wayOut.digest)) {
    breaker = halfOpened(breaker);
  }

  const setBreaker = async (next: typeof breaker): Promise<void> => {
    if (next === breaker) return;
    breaker = { ...next, settings: wayOut.digest };
    await store.transports.setBreaker(breaker);
  };

  const judgeTransport = async (verdict: Verdict): Promise<void> => {
    isProven = !verdict.fault && verdict.result !== 'interrupted';
    if (verdict.fault) await setBreaker(tripped(breaker, verdict.fault, now()));
    else if (breaker.breaker !== 'closed' && verdict.result !== 'interrupted') await setBreaker(closed(breaker));
  };

  const send = async ({ claimed, documents }: Ready): Promise<void> => {
    const verdict = await deliver(transport, claimed, documents);
    if (!verdict) return;
    await judgeTransport(verdict);
    parts.onSettled(claimed.message, verdict);
  };

  const begin = (next: Ready): void => {
    underWay++;
    send(next)
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        underWay--;
        wake();
      });
  };

  /** What was claimed and can not be begun now goes back as it was. */
  const putBack = async (): Promise<void> => {
    const waiting = ready;
    ready = [];
    const end = { trigger: 'put-back', result: 'put-back', reply: null, transcript: '' } as const;
    for (const { claimed } of waiting) {
      const { tries, dueAt, reason } = claimed.message;
      const text = 'Put back unsent: the transport stopped.';
      await store.queue.settle(claimed, false, { ...end, at: now(), by, text, tries, dueAt, reason });
    }
  };

  /** @returns when to look again, epoch ms */
  const claim = async (free: number): Promise<number> => {
    const { perMinute, perDay } = wayOut.limits;
    // Where nothing limits the rate, as many again are claimed ahead, so that a connection never waits for a claim.
    const ahead = perMinute === null && isProven && breaker.breaker === 'closed' ? transport.connections : 0;
    const wanted = Math.min(free + ahead - ready.length, parts.budget.left);
    if (wanted <= 0 || ready.length >= Math.max(1, free)) return now() + pollMs;
    const usedToday = perDay === null ? 0 : await store.queue.usedToday(transport.name, now());
    const allowance = allow({ perMinute, perDay, wanted, now: now(), tat, usedToday });
    if (allowance.count <= 0) return allowance.nextAt ?? now() + pollMs;
    const debit = allowance.tat === undefined ? {} : { debit: { tat: allowance.tat } };
    const request = { transport: transport.name, worker: parts.worker, most: allowance.count, now: now(), leaseMs };
    parts.budget.left -= allowance.count;
    const found = await store.queue.claim({ ...request, ...debit });
    parts.budget.left += allowance.count - found.length;
    if (found.length === 0) return now() + pollMs;
    parts.failpoint('W2');
    tat = allowance.tat ?? tat;
    const documents = await store.messages.documentsOf(found.map(({ message }) => message.id));
    for (const claimed of found) ready.push({ claimed, documents: documents.get(claimed.message.id) ?? [] });
    return now();
  };

  const nothingLeft = async (): Promise<boolean> => {
    if (breaker.breaker === 'open') return true;
    const dueAt = await store.queue.nextDueAt([transport.name]);
    return dueAt === null || dueAt > now();
  };

  const pause = (until: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, Math.min(until - now(), pollMs)));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const mostUnderWay = (): number => Math.min(room(breaker, transport.connections), isProven ? Infinity : 1);

  const step = async (): Promise<boolean> => {
    // Another process may have closed it: outbox test does when all is well.
    if (breaker.breaker === 'open') breaker = await store.transports.state(transport.name);
    breaker = current(breaker, now());
    const most = mostUnderWay();
    if (most === 0 && ready.length > 0) await putBack();
    const lookAt = most > 0 ? await claim(most - underWay) : now() + pollMs;
    while (ready.length > 0 && underWay < mostUnderWay()) begin(ready.shift()!);
    if (underWay > 0 || ready.length > 0) {
      await pause(underWay < most ? lookAt : now() + pollMs);
      return true;
    }
    if (parts.budget.left <= 0 || (parts.untilEmpty && (await nothingLeft()))) return false;
    await pause(lookAt);
    return true;
  };

  const stop = (): void => wake();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted && failure === null && (await step()));
  } finally {
    signal.removeEventListener('abort', stop);
    while (underWay > 0) await pause(now() + pollMs);
    if (failure === null) await putBack();
  }
  if (failure !== null) throw failure;
  return { stopped: breaker.breaker === 'open' ? `${breaker.detail}` : null };
}
