// What goes between a thread and the thread of the queue: calls in batches, their answers, and the database's troubles.
import type { Failure } from '../../message/failure.ts';
import type { Steps } from '../steps.ts';

export interface Call {
  id: number;
  step: keyof Steps;
  given: unknown[];
}

export type Answer = { id: number } & ({ value: unknown } | { failure: Failure });

export type FromThread = 'open' | Answer[] | { trouble: Failure | null };

/** 'close': ends when what was called before is answered. */
export type ToThread = Call[] | 'close';

/** What the thread is started with. */
export interface Given {
  /** Path of the SQLite file. */
  location: string;
}
