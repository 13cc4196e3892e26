// A message in words for a terminal: one row of a list, its status, its next step.
import type { Document, Message } from '../message/message.ts';
import { isLate } from '../message/late.ts';
import { sentenceOf } from '../message/reasons.ts';
import { adviceOf, splitNext } from '../message/advice.ts';
import { shortId } from './ids.ts';
import { shorten, writeTable } from './table.ts';

export const statusText = (message: Message, now: number): string => {
  if (message.status === 'failed') return message.kind === 'bounced' ? 'bounced' : 'failed';
  if (isLate(message, now)) return 'queued (late)';
  if (message.status === 'queued' && message.tries > 0) return 'queued (retrying)';
  return message.status;
};

/** What is the matter, in words; empty when nothing is. */
export const matterOf = (message: Message): string => {
  const { reason, detail, status } = message;
  if (!reason) return '';
  // Before any try the detail only adds to the reason; afterwards it is what the other side said.
  if (status === 'blocked') return [sentenceOf(reason), detail].filter(Boolean).join(' ');
  return detail === null ? sentenceOf(reason) : splitNext(detail).matter;
};

export const adviceFor = (message: Message): string =>
  message.reason === null
    ? ''
    : adviceOf(message.reason, message.detail, shortId(message.id), message.transport, message.why.level);

const numbersOf = (documents: readonly Document[]): string =>
  documents.map(({ number, file }) => number || file).join(', ');

/** The list of messages as people read it. */
export function listText(
  messages: readonly Message[],
  documents: ReadonlyMap<string, Document[]>,
  now: number,
): string {
  const rows = messages.map((message) => [
    shortId(message.id),
    statusText(message, now),
    message.documentType,
    shorten(numbersOf(documents.get(message.id) ?? []), 24),
    message.customer,
    message.channel,
    shorten(message.recipient, 32),
    shorten(matterOf(message), 60),
  ]);
  return writeTable(['ID', 'STATUS', 'TYPE', 'NUMBER', 'CUSTOMER', 'CHANNEL', 'RECIPIENT', 'WHAT IS THE MATTER'], rows);
}

/** "invoice 100207, 100247; statement S-7" */
function documentsText(messages: readonly Message[], documents: ReadonlyMap<string, Document[]>): string {
  const byType = Map.groupBy(messages, ({ documentType }) => documentType);
  return [...byType]
    .map(([type, of]) => `${type} ${of.map(({ id }) => numbersOf(documents.get(id) ?? [])).join(', ')}`)
    .join('; ');
}

/** Those that need a person, each with what to do. What has one cause and one customer is one matter, however many messages. */
export function attentionText(
  messages: readonly Message[],
  documents: ReadonlyMap<string, Document[]>,
  now: number,
): string {
  const causeOf = (message: Message): string =>
    [
      statusText(message, now),
      message.customer,
      message.channel,
      message.recipient,
      message.why.level,
      matterOf(message),
    ].join('\0');
  const matters = [...Map.groupBy(messages, causeOf).values()];
  return matters
    .map((of) => {
      const [first] = of as [Message];
      const where = [first.customer, first.recipient].filter(Boolean).join(' ');
      const ids = of.map(({ id }) => shortId(id)).join(' ');
      const { reason, detail, transport, why } = first;
      const advice = reason === null ? '' : adviceOf(reason, detail, ids, transport, why.level);
      const head = `${statusText(first, now).padEnd(10)}${where}: ${documentsText(of, documents)}`;
      return `${head}\n          ${matterOf(first)}\n          → ${advice}`;
    })
    .join('\n');
}
