// The queue and the documents as they are reached from the main thread: every call goes to the thread of the database.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Answer, type Call, errorOf, type Served, type ThreadSettings, type ToThread } from './protocol.ts';

/** What goes through this thread dies young: a larger nursery would only take memory. */
const nurseryMb = 8;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface DatabaseThread {
  served: Served;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export function openDatabaseThread(settings: ThreadSettings): DatabaseThread {
  const thread = new Worker(new URL('inside.ts', import.meta.url), {
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: nurseryMb },
  });
  const waiting = new Map<number, Waiting>();
  let calls: Call[] = [];
  let last = 0;
  let failure: Error | null = null;

  // A thread has no origin.
  // eslint-disable-next-line unicorn/require-post-message-target-origin
  const post = (wanted: ToThread): void => thread.postMessage(wanted);

  const flush = (): void => {
    const together = calls;
    calls = [];
    post(together);
  };

  const call = (name: keyof Served, given: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      const id = ++last;
      waiting.set(id, { resolve, reject });
      calls.push({ id, name, given });
      // Calls of one turn of the event loop go together: what all lines have brought shares a transaction.
      if (calls.length === 1) setImmediate(flush);
    });

  const end = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };

  thread.on('message', (answers: Answer[]) => {
    for (const answer of answers) {
      const { resolve, reject } = waiting.get(answer.id)!;
      waiting.delete(answer.id);
      if ('failure' in answer) reject(errorOf(answer.failure));
      else resolve(answer.value);
    }
  });
  thread.on('error', (error: Error) => end(error));
  thread.on('exit', () => end(new Error('The thread of the database has ended.')));

  const served = Object.fromEntries(
    (['claim', 'commit', 'settle', 'renew', 'nextDueAt', 'usedToday', 'get'] as const).map((name) => [
      name,
      (...given: unknown[]) => call(name, given),
    ]),
  ) as unknown as Served;

  return {
    served,
    async close() {
      if (failure) return;
      const ended = once(thread, 'exit');
      post('close');
      await ended;
    },
  };
}
