// A message in words for a terminal: one row of a list, its status, its next step.
import type { Document, Message } from '../message/message.ts';
import { nextStep, sentenceOf } from '../message/reasons.ts';
import { shortId } from './ids.ts';
import { shorten, writeTable } from './table.ts';

export const statusText = (message: Message): string => {
  if (message.status === 'failed') return message.kind === 'bounced' ? 'bounced' : 'failed';
  if (message.status === 'queued' && message.tries > 0) return 'queued (retrying)';
  return message.status;
};

/** What is the matter, in words; empty when nothing is. */
export const matterOf = (message: Message): string => {
  const { reason, detail, status } = message;
  if (!reason) return '';
  // Before any try the detail only adds to the reason; afterwards it is what the other side said.
  if (status === 'blocked') return [sentenceOf(reason), detail].filter(Boolean).join(' ');
  return detail ?? sentenceOf(reason);
};

export const adviceFor = (message: Message): string =>
  message.reason === null ? '' : nextStep(message.reason, shortId(message.id), message.transport);

const numbersOf = (documents: readonly Document[]): string =>
  documents.map(({ number, file }) => number || file).join(', ');

/** The list of messages as people read it. */
export function listText(messages: readonly Message[], documents: ReadonlyMap<string, Document[]>): string {
  const rows = messages.map((message) => [
    shortId(message.id),
    statusText(message),
    message.documentType,
    shorten(numbersOf(documents.get(message.id) ?? []), 24),
    message.customer,
    message.channel,
    shorten(message.recipient, 32),
    shorten(matterOf(message), 60),
  ]);
  return writeTable(['ID', 'STATUS', 'TYPE', 'NUMBER', 'CUSTOMER', 'CHANNEL', 'RECIPIENT', 'WHAT IS THE MATTER'], rows);
}

/** Those that need a person, each with what to do. */
export function attentionText(messages: readonly Message[], documents: ReadonlyMap<string, Document[]>): string {
  return messages
    .map((message) => {
      const where = message.recipient === '' ? message.customer : `${message.recipient} (${message.customer})`;
      const head = `${shortId(message.id)}  ${statusText(message)}  ${message.documentType} ${numbersOf(documents.get(message.id) ?? [])}  ${where}`;
      return `${head}\n          ${matterOf(message)}\n          → ${adviceFor(message)}`;
    })
    .join('\n');
}
