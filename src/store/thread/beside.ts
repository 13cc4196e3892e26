// The steps of the queue as they are asked for from outside their thread.
import { once } from 'node:events';
import { errorOf } from '../../message/failure.ts';
import type { OnTrouble } from '../patience.ts';
import type { Steps } from '../steps.ts';
import { startThread } from '../start-thread.ts';
import type { Answer, Call, FromThread, Given, ToThread } from './calls.ts';

interface Waiting {
  resolve(value: never): void;
  reject(error: unknown): void;
}

export interface QueueThread {
  steps: Steps;
  /** Resolves when it works. @throws when it can not */
  opened: Promise<void>;
  /** Waits for what was asked for. */
  close(): Promise<void>;
}

/** @param location path of the SQLite file */
export function openQueueThread(location: string, onTrouble: OnTrouble): QueueThread {
  const thread = startThread(new URL('inside.ts', import.meta.url), { location } satisfies Given);
  const waiting = new Map<number, Waiting>();
  let calls: Call[] = [];
  let last = 0;
  let failure: Error | null = null;
  const opened = Promise.withResolvers<void>();
  // Whoever awaits it hears of a fault.
  opened.promise.catch(() => {});

  // Not the one of a browser's window.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const post = (wanted: ToThread): void => thread.postMessage(wanted);
  const flush = (): void => {
    const together = calls;
    calls = [];
    if (together.length > 0) post(together);
  };

  const call = <T>(step: keyof Steps, ...given: unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (failure) return reject(failure);
      const id = ++last;
      waiting.set(id, { resolve, reject });
      // Calls of one turn of the event loop go together: what all lines have brought shares a transaction.
      if (calls.push({ id, step, given }) === 1) setImmediate(flush);
    });

  const take = (answer: Answer): void => {
    const { resolve, reject } = waiting.get(answer.id)!;
    waiting.delete(answer.id);
    if ('failure' in answer) reject(errorOf(answer.failure));
    else resolve(answer.value as never);
  };

  /** Whether what was asked for is written, nobody knows: whoever asked must stop, and the next start finds out. */
  const end = (error: Error): void => {
    failure ??= error;
    opened.reject(failure);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };

  thread.on('message', (words: FromThread) => {
    if (words === 'open') opened.resolve();
    else if (Array.isArray(words)) words.forEach(take);
    else onTrouble(words.trouble && errorOf(words.trouble));
  });
  thread.on('error', (error: Error) => end(error));
  thread.on('exit', () => end(new Error('The thread of the queue has ended.')));

  return {
    steps: {
      claim: (request) => call('claim', request),
      commit: (held) => call('commit', held),
      settle: (held, committed, settlement) => call('settle', held, committed, settlement),
    },
    opened: opened.promise,
    async close() {
      if (failure) return;
      const ended = once(thread, 'exit');
      flush();
      post('close');
      await ended;
    },
  };
}
