// What intake answered, for people and as JSON: the batch, its messages, what was known already and what was refused.
import type { TakenIn } from '../intake/take-in.ts';
import { messageAsJson } from '../message/json.ts';
import { attentionText } from './describe.ts';
import type { Context, ExitCode } from './installation.ts';

/** 0 everything is queued or held; 1 some are blocked or refused; 2 nothing was taken. */
export function exitCodeOf(taken: TakenIn): ExitCode {
  if (taken.messages.length === 0 && taken.known.length === 0 && taken.refused.length > 0) return 2;
  return taken.refused.length > 0 || taken.messages.some(({ status }) => status === 'blocked') ? 1 : 0;
}

const countText = (taken: TakenIn): string => {
  const counts = Map.groupBy(taken.messages, ({ status }) => status);
  return [...counts].map(([status, of]) => `${of.length} ${status}`).join(', ');
};

export function reportTaken(context: Context, taken: TakenIn, dryRun: boolean): void {
  context.print({
    batch: taken.batch,
    dryRun,
    messages: taken.messages.map((message) => ({
      ...messageAsJson(message, taken.documents.get(message.id) ?? []),
      row: taken.documents.get(message.id)?.[0]?.row ?? null,
    })),
    known: taken.known,
    refused: taken.refused,
  });
  const blocked = taken.messages.filter(({ status }) => status === 'blocked');
  if (blocked.length > 0) context.say(`Needs attention:\n${attentionText(blocked, taken.documents, Date.now())}`);
  for (const { place, detail, hint } of taken.refused) context.say(`Refused: ${place}: ${detail}\n→ ${hint}`);
  if (taken.known.length > 0) context.say(`${taken.known.length} taken in before; they are not sent again.`);
  if (taken.messages.length > 0) context.say(`${dryRun ? 'Would take in: ' : ''}${countText(taken)}.`);
  if (taken.batch && !dryRun) context.say(`Batch ${taken.batch}`);
  if (dryRun) context.say('Nothing was taken in (dry run).');
}
