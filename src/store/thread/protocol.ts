// What goes between the worker's main thread and the thread of the database: calls by name in batches, and their answers.
import { OutboxError } from '../../message/errors.ts';
import type { FileStore } from '../files/file-store.ts';
import type { Queue } from '../queue.ts';

export type Served = Queue & Pick<FileStore, 'get'>;

export interface Call {
  id: number;
  name: keyof Served;
  given: unknown[];
}

/** An error loses its class on the way: this brings it back. */
export type Failure = { code: OutboxError['code']; facts: OutboxError['facts'] } | { message: string };

export type Answer = { id: number } & ({ value: unknown } | { failure: Failure });

/** From outside: calls, or the wish that the thread ends. From inside: answers. */
export type ToThread = Call[] | 'close';

export interface ThreadSettings {
  /** Path of the SQLite file. */
  database: string;
  /** Folder of the file store. */
  files: string;
}

export const failureOf = (error: unknown): Failure => {
  if (error instanceof OutboxError) return { code: error.code, facts: error.facts };
  return { message: error instanceof Error ? error.message : String(error) };
};

export const errorOf = (failure: Failure): Error =>
  'code' in failure ? new OutboxError(failure.code, { ...failure.facts }) : new Error(failure.message);
