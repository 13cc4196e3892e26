// Threads that look at files, as many as the machine has cores for: a batch is read, hashed and counted on all of them.
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { OpenedInThread } from '../store/files/file-store.ts';
import { errorOf, type Failure } from '../message/failure.ts';
import { startThread } from './start-thread.ts';
import type { Kept, LookAtFiles } from './look-at-files.ts';

/** What a thread is started with. */
export interface Given {
  /** Of the files. */
  folder: string;
}

export interface Asked {
  number: number;
  paths: readonly string[];
}

export type Answer = { number: number; kept: Kept[] } | { number: number; failure: Failure } | { told: string };

export interface LookThread {
  look: LookAtFiles;
  /** Ends it. What it was asked for and has not answered is rejected. */
  end(): void;
}

const ended = (detail: string, cause?: unknown): OutboxError => new OutboxError('OBX210', { detail }, cause);

/** @throws OBX210 from `look` when the thread ends by itself */
export function startLookThread({ folder, tell }: OpenedInThread): LookThread {
  const worker = startThread(new URL('./look-thread.ts', import.meta.url), { folder } satisfies Given);
  const waiting = new Map<number, { resolve(kept: Kept[]): void; reject(error: unknown): void }>();
  let last = 0;
  let fault: unknown = null;

  const fail = (error: unknown): void => {
    fault ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (said: Answer) => {
    if ('told' in said) return tell(said.told);
    const one = waiting.get(said.number);
    waiting.delete(said.number);
    if ('kept' in said) one?.resolve(said.kept);
    else one?.reject(errorOf(said.failure));
  });
  worker.on('error', (error) => fail(ended(wordsOf(error), error)));
  worker.on('exit', (code) => fail(ended(`it ended with ${code}`)));

  return {
    look: (paths) =>
      new Promise((resolve, reject) => {
        if (fault !== null) return reject(fault);
        waiting.set(++last, { resolve, reject });
        // Not the one of a browser's window.
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        worker.postMessage({ number: last, paths } satisfies Asked);
      }),
    end: () => void worker.terminate(),
  };
}
