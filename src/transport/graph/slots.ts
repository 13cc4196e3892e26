// How many requests may be under way at once: Microsoft takes four for an application and a mailbox.

export interface Slots {
  /** Waits for a free place, and gives it back when `work` is over. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** "Application is over its MailboxConcurrency limit" beyond it (learn.microsoft.com: throttling limits, Outlook service). */
const mostAtOnce = 4;

/** One for each mailbox, shared by all transports that use it. */
export function openSlots(most = mostAtOnce): Slots {
  let underWay = 0;
  const waiting: (() => void)[] = [];

  const take = (): Promise<void> | void => {
    if (underWay < most) {
      underWay++;
      return;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };

  /** The place goes to the next who waits. */
  const giveBack = (): void => {
    const next = waiting.shift();
    if (next) next();
    else underWay--;
  };

  return {
    async run(work) {
      await take();
      try {
        return await work();
      } finally {
        giveBack();
      }
    },
  };
}
