// Between the two ways to use a transport: job by job, and as a line that carries what a supply has.
import type { Commit, Job, Outcome, Supply, Task, Transport } from './transport.ts';

async function sendOne(transport: Transport, task: Task): Promise<void> {
  let isOver = false;
  const commit: Commit = async () => {
    try {
      await task.commit();
    } catch (error) {
      isOver = true;
      throw error;
    }
  };
  let outcome: Outcome;
  await task.turn?.();
  try {
    outcome = await transport.send(task.job, commit);
  } catch (error) {
    return isOver ? undefined : task.fail(error);
  }
  await task.settle(outcome);
}

/** A single job has nowhere to go back to. */
const givenBack: Outcome = {
  result: 'refused',
  blame: 'transport',
  fault: 'connect',
  permanent: false,
  reason: 'network',
  text: 'The line was gone before the message was handed over.',
  reply: null,
  transcript: '',
};

/**
 * The other way round: one job through a transport that carries.
 * @throws what `commit` rejected with, or the bug of ours
 */
export async function sendOneThrough(
  carry: (supply: Supply) => Promise<void>,
  job: Job,
  commit: Commit,
): Promise<Outcome> {
  let outcome: Outcome | null = null;
  let failure: unknown = null;
  const note = (error: unknown): void => void (failure ??= error);
  const task: Task = {
    job,
    commit: () =>
      commit().catch((error: unknown) => {
        note(error);
        throw error;
      }),
    settle: async (given) => void (outcome = given),
    fail: async (error) => note(error),
    giveBack: async () => void (outcome ??= givenBack),
  };
  let given = false;
  await carry({
    next(ahead) {
      if (given || ahead) return null;
      given = true;
      return task;
    },
  });
  if (outcome === null) throw failure;
  return outcome;
}

/** Carries until the supply has no more. @throws what `settle` throws */
export async function carryOneByOne(transport: Transport, supply: Supply): Promise<void> {
  for (let task = supply.next(false); task !== null; task = supply.next(false)) await sendOne(transport, task);
}
