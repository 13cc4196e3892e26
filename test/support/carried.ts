// Messages as tasks for a transport that carries, and what became of each.
import type { Job, Outcome, Supply, Task } from '../../src/message/transport.ts';

export interface Fate {
  /** `refused message` and `refused transport` say who is blamed. */
  ends: string[];
  outcome: Outcome | null;
  commits: number;
}

export interface Carried {
  supply: Supply;
  fates: Fate[];
  /** In words, in the order of the messages. */
  words(): string[];
  /** Messages whose W3 is written and whose end is not. */
  inDoubt(): number;
  mostInDoubt: number;
}

export interface CarriedWish {
  /** Runs before W3 of the message with this number, from 0. */
  commit?: (number: number) => Promise<void>;
  settle?: (number: number, outcome: Outcome) => Promise<void>;
  /** Whether another may begin while one is under way. */
  isFree?: () => boolean;
}

const wordsOf = (outcome: Outcome): string =>
  outcome.result === 'refused' ? `refused ${outcome.blame}` : outcome.result;

/** What is given back is offered again, as the dispatcher does. */
export function carried(jobs: readonly Job[], wish: CarriedWish = {}): Carried {
  const fates: Fate[] = jobs.map(() => ({ ends: [], outcome: null, commits: 0 }));
  const waiting = jobs.map((_, number) => number);
  const doubtful = new Set<number>();
  const end = (number: number, how: string): void => {
    fates[number]!.ends.push(how);
    doubtful.delete(number);
  };
  const taskOf = (number: number): Task => ({
    job: jobs[number]!,
    async commit() {
      await wish.commit?.(number);
      fates[number]!.commits++;
      doubtful.add(number);
      all.mostInDoubt = Math.max(all.mostInDoubt, doubtful.size);
    },
    async settle(outcome) {
      await wish.settle?.(number, outcome);
      fates[number]!.outcome = outcome;
      end(number, wordsOf(outcome));
    },
    async fail(error) {
      end(number, `failed: ${String(error)}`);
    },
    async giveBack() {
      end(number, 'given back');
      waiting.unshift(number);
    },
  });
  const all: Carried = {
    fates,
    mostInDoubt: 0,
    words: () => fates.map(({ ends }) => ends.join(', ')),
    inDoubt: () => doubtful.size,
    supply: {
      next(ahead) {
        if (ahead && wish.isFree && !wish.isFree()) return null;
        const number = waiting.shift();
        return number === undefined ? null : taskOf(number);
      },
    },
  };
  return all;
}
