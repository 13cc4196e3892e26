// What intake answered, for people and as JSON: the batch, its messages, what was known already and what was refused.
import type { Known } from '../intake/sift.ts';
import type { TakenIn } from '../intake/take-in.ts';
import { messageAsJson } from '../message/json.ts';
import { nextStep, type Reason, sentenceOf } from '../message/reasons.ts';
import type { Status } from '../message/status.ts';
import { attentionText } from './describe.ts';
import { shortId } from './ids.ts';
import type { Context, ExitCode } from './installation.ts';

/** Of what was asked for before: it goes by itself, or went. */
const good: readonly Status[] = ['held', 'queued', 'sending', 'released', 'delivered'];

/** What was to be printed is cancelled when that is done. */
const isGood = ({ status, channel }: Pick<Known, 'status' | 'channel'>): boolean =>
  good.includes(status) || (channel === 'print' && status === 'cancelled');

/** 0 everything is queued, held or was accepted before; 1 some need a person or are refused; 2 nothing was taken. */
export function exitCodeOf({ messages, known, refused }: TakenIn): ExitCode {
  if (messages.length === 0 && known.length === 0 && refused.length > 0) return 2;
  return refused.length === 0 && messages.every(isGood) && known.every(isGood) ? 0 : 1;
}

const wayOn: Partial<Record<Status, string>> = {
  released: 'To send it once more: outbox resend ID',
  delivered: 'To send it once more: outbox resend ID',
  failed: 'To send it anew: outbox resend ID',
  cancelled: 'To let it go after all: outbox release ID',
  uncertain: 'It may have arrived. To send it once more all the same: outbox retry ID',
};

/** So many are told one by one. */
const mostTold = 10;

function knownText({ place, message, channel, status, reason, text }: Known): string {
  const id = shortId(message);
  const why = reason === null ? '' : `: ${sentenceOf(reason)}`;
  const way = channel === 'print' ? undefined : wayOn[status]?.replace('ID', id);
  const next = reason === null ? way : nextStep(reason, id, null);
  return `  ${place}: ${text}, message ${id} (${status}${why})${next === undefined ? '' : `\n    → ${next}`}`;
}

/** Nothing that was asked for is passed over without a word. Those that need a person come first. */
function warnOfKnown(context: Context, known: readonly Known[]): void {
  if (known.length === 0) return;
  const [bad = [], fine = []] = [false, true].map((is) => known.filter((one) => isGood(one) === is));
  const told = [...bad, ...fine.slice(0, Math.max(0, mostTold - bad.length))];
  const more = known.length - told.length;
  const lines = [`${known.length} taken in before; they are not sent again:`, ...told.map(knownText)];
  context.warn([...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n'));
}

const countText = (taken: TakenIn): string => {
  const counts = Map.groupBy(taken.messages, ({ status }) => status);
  return [...counts].map(([status, of]) => `${of.length} ${status}`).join(', ');
};

const printTaken = (context: Context, taken: TakenIn, dryRun: boolean): void =>
  context.print({
    batch: taken.batch,
    dryRun,
    messages: taken.messages.map((message) => ({
      ...messageAsJson(message, taken.documents.get(message.id) ?? []),
      row: taken.documents.get(message.id)?.[0]?.row ?? null,
    })),
    known: taken.known,
    replaced: taken.replaced,
    refused: taken.refused,
  });

export function reportTaken(context: Context, taken: TakenIn, dryRun: boolean): void {
  if (context.json) printTaken(context, taken, dryRun);
  const blocked = taken.messages.filter(({ status }) => status === 'blocked');
  if (blocked.length > 0) context.say(`Needs attention:\n${attentionText(blocked, taken.documents, Date.now())}`);
  for (const { place, detail, hint } of taken.refused) context.say(`Refused: ${place}: ${detail}\n→ ${hint}`);
  for (const { place, message, reason } of taken.replaced) {
    const why = reason === null ? '' : ` (it was blocked: ${sentenceOf(reason as Reason)})`;
    context.say(`Replaced: message ${shortId(message)} is cancelled${why}; ${place} takes its place.`);
  }
  warnOfKnown(context, taken.known);
  if (taken.messages.length > 0) context.say(`${dryRun ? 'Would take in: ' : ''}${countText(taken)}.`);
  if (taken.batch && !dryRun) context.say(`Batch ${taken.batch}`);
  if (dryRun) context.say('Nothing was taken in (dry run).');
}
