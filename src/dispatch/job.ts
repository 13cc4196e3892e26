// The job of a message: what a transport gets to see of it, with its bytes.
import type { Document, Message } from '../message/message.ts';
import type { Job } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Claimed } from '../store/claim.ts';
import { loadAttachments } from './load-attachments.ts';

const factsOf = (message: Message, documents: readonly Document[]): Record<string, string> => {
  const [first] = documents;
  return {
    company: message.company,
    customer: message.customer,
    customerName: first?.customerName ?? '',
    type: message.documentType,
    number: first?.number ?? '',
    date: first?.date ?? '',
    amount: first?.amount ?? '',
    currency: first?.currency ?? '',
    message: message.id,
    batch: message.batchId ?? '',
    channel: message.channel,
  };
};

/** @throws OBX017 when bytes are missing or are not what their name says */
export async function jobOf(files: FileStore, { message, attemptId, documents }: Claimed): Promise<Job> {
  const { id, channel, recipient } = message;
  const ingredients = message.ingredients!;
  const attachments = await loadAttachments(files, ingredients.attachments);
  return { id, attemptId, channel, recipient, ingredients, attachments, facts: factsOf(message, documents) };
}
