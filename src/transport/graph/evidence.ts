// After a request whose answer never came: what the mailbox says became of it.
import { setTimeout as wait } from 'node:timers/promises';
import type { Item, Mailbox, Mark, Standing } from './mailbox.ts';
import { judgeError } from './refusal.ts';

/** `unknown`: the mailbox can not be looked into now. */
export type Evidence = Standing | { where: 'unknown'; text: string };

/** Pauses before each look, milliseconds: Exchange needs a moment to move what it has taken. */
export const defaultLooks: readonly number[] = [0, 1_500, 5_000];

/** Without the next step, which is another one here. */
const matterOf = (text: string): string => text.split(' → ')[0]!;

/** What a person can do about a message of which the mailbox could not be asked. */
export const askAgain = ' → When the mailbox can be reached: outbox retry ID. It looks before it does anything.';

/**
 * Looks until the mailbox says that the message was taken, or the looks are used up.
 * @param item null while no draft is known by its id
 */
export async function lookForEvidence(
  mailbox: Mailbox,
  item: Item | null,
  mark: Mark,
  looks: readonly number[],
): Promise<Evidence> {
  let last: Evidence = { where: 'unknown', text: 'The mailbox was not looked into.' };
  for (const pause of looks) {
    if (pause > 0) await wait(pause);
    try {
      last = item === null ? await mailbox.find(mark) : await mailbox.look(item.id, mark);
    } catch (error) {
      last = { where: 'unknown', text: matterOf(judgeError(error, mailbox.user).text) };
    }
    if (last.where === 'taken') return last;
  }
  return last;
}
