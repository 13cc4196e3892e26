// The exact bytes of a message as mail: composing is deterministic, so what is composed now is what was or will be sent.
import { loadAttachments } from '../dispatch/load-attachments.ts';
import { OutboxError } from '../message/errors.ts';
import type { Message } from '../message/message.ts';
import { composeMessage } from '../transport/mime/compose.ts';
import { addressedTo } from '../transport/mime/job-content.ts';
import type { Opened } from './opened.ts';

/** A mailbox gets the message with its one recipient in the headers. */
async function goesToMailbox({ settings }: Pick<Opened, 'settings'>, { transport }: Message): Promise<boolean> {
  const { transports } = await settings();
  const kind = transport === null ? undefined : transports[transport]?.kind;
  return kind === 'graph' || kind === 'outlook';
}

/** @throws OBX010 for what is no mail, or not composed yet */
export async function mailBytes(opened: Pick<Opened, 'settings' | 'files'>, message: Message): Promise<Uint8Array> {
  const { ingredients, id, status } = message;
  if (!ingredients) {
    throw new OutboxError('OBX010', { id, status, verb: 'written', hint: 'Nothing is composed while it is blocked.' });
  }
  if (ingredients.to.length === 0) {
    const hint = 'A driver gets the document and the note, not a mail: see outbox show ID --transcript.';
    throw new OutboxError('OBX010', { id, status, verb: 'written as mail', hint });
  }
  const sent = (await goesToMailbox(opened, message)) ? addressedTo({ ...message, ingredients }) : ingredients;
  return composeMessage(sent, await loadAttachments(opened.files, ingredients.attachments));
}
