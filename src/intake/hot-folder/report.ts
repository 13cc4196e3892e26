// What is written beside the files of a hot folder: what became of them, row by row where it matters.
import type { OutboxError } from '../../message/errors.ts';
import { nextStep, sentenceOf } from '../../message/reasons.ts';
import type { HotFolderFile } from '../../store/hot-folder-files.ts';
import type { TakenIn } from '../take-in.ts';

function headOf({ batch, messages, known, refused }: TakenIn): string {
  if (batch !== null) return `Batch ${batch}`;
  if (messages.length + known.length + refused.length === 0) return 'No batch: there is no document in it.';
  return `No batch: ${known.length > 0 ? 'everything was taken in before' : 'nothing could be taken'}.`;
}

function* knownLines({ known }: TakenIn): Generator<string> {
  for (const { place, message, status, reason, text } of known) {
    const next = reason === null ? '' : `: ${sentenceOf(reason)} → ${nextStep(reason, message, null)}`;
    yield `Not taken again: ${place}: ${text}, message ${message} (${status})${next}`;
  }
}

export function reportOf(taken: TakenIn): string {
  const counts = `${taken.messages.length} messages, ${taken.known.length} taken in before, ${taken.refused.length} refused`;
  const lines = [headOf(taken), counts];
  for (const { place, detail, hint } of taken.refused) lines.push(`Refused: ${place}: ${detail} → ${hint}`);
  for (const { message, place } of taken.replaced) lines.push(`Replaced: ${message} is cancelled for ${place}`);
  for (const { id, status, reason, detail, why } of taken.messages) {
    if (status !== 'blocked' || reason === null) continue;
    lines.push(`Blocked: ${id}: ${detail ?? sentenceOf(reason)} → ${nextStep(reason, id, null, why.level)}`);
  }
  return [...lines, ...knownLines(taken)].join('\n');
}

/** For what a crash left lying there. */
export const lateText = ({ batchId }: HotFolderFile): string =>
  `${batchId === null ? 'It was dealt with' : `Batch ${batchId} was taken in`}, and the program ended before the files were put away.${
    batchId === null ? '' : `\nSee outbox list --batch ${batchId}`
  }`;

export const reasonOf = (error: OutboxError): string => `${error.message}\n→ ${error.hint} (${error.code})`;
