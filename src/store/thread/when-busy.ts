// The queue works here while there is little to do, and in a thread of its own once it is busy: starting one takes longer than a
// few messages do.
import type { OnTrouble } from '../patience.ts';
import type { Steps } from '../steps.ts';
import { openQueueThread, type QueueThread } from './beside.ts';

export interface BusyOptions {
  /** Path of the SQLite file. */
  location: string;
  /** Messages claimed until the thread is started; 0 waits for it. */
  from: number;
  onTrouble: OnTrouble;
}

/** @param here the steps in this thread */
export function stepsWhenBusy(
  here: Steps,
  { location, from, onTrouble }: BusyOptions,
): Pick<QueueThread, 'steps' | 'close'> {
  let claimed = 0;
  let thread: QueueThread | null = null;
  let now = here;

  const start = (): void => {
    const starting = openQueueThread(location, onTrouble);
    thread = starting;
    starting.opened.then(
      () => (now = starting.steps),
      // It goes on here.
      () => (thread = null),
    );
  };

  return {
    steps: {
      async claim(request) {
        if (claimed >= from && !thread) start();
        if (from === 0) await thread?.opened;
        const leased = await now.claim(request);
        claimed += leased?.rows.length ?? 0;
        return leased;
      },
      commit: (held) => now.commit(held),
      settle: (held, committed, end) => now.settle(held, committed, end),
    },
    close: async () => thread?.close(),
  };
}
