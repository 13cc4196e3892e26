// A linked new message for a final one: the same documents, to the same or another recipient.
import { canonicalEmail, checkEmailAddress, wireAddress } from '../message/email-address.ts';
import { OutboxError } from '../message/errors.ts';
import { readFaxNumber } from '../message/fax-number.ts';
import type { Message, Why } from '../message/message.ts';
import type { Destination } from '../message/routing.ts';
import { isFinal } from '../message/status.ts';
import { transportFor } from '../message/transport-choice.ts';
import { checkAddress } from '../message/usable-address.ts';
import { messageOf, readSuppressed } from './draft.ts';
import type { Request } from './entry.ts';
import type { IntakeParts } from './parts.ts';

interface Target {
  channel: 'email' | 'fax';
  recipient: string;
}

const wrong = (to: string, detail: string): OutboxError =>
  new OutboxError('OBX013', { place: '--to', field: to, detail, hint: 'Give one email address or one fax number.' });

/** @throws OBX013 */
function readTarget(to: string, country: string): Target {
  if (to.includes('@')) {
    const fault = checkEmailAddress(to);
    if (fault) throw wrong(to, `can not be an email address: ${fault}.`);
    return { channel: 'email', recipient: wireAddress(to) };
  }
  const number = readFaxNumber(to, country);
  if (!number.ok) throw wrong(to, `can not be a fax number: ${number.detail}.`);
  return { channel: 'fax', recipient: number.e164 };
}

const oldTarget = ({ channel, recipient, id }: Message): Target => {
  if (channel !== 'email' && channel !== 'fax') {
    throw new OutboxError('OBX010', { id, status: 'printed', verb: 'sent again', hint: 'Name an address with --to.' });
  }
  return { channel, recipient };
};

/** A person decides about a suppressed address, but not by accident. @throws OBX013 */
async function refuseSuppressed(target: Target, parts: IntakeParts): Promise<void> {
  const { country } = parts.settings.company;
  const checked = checkAddress(target.channel, target.recipient, country, await readSuppressed(parts));
  if (checked.reason === null) return;
  const address = target.channel === 'email' ? canonicalEmail(target.recipient) : target.recipient;
  throw wrong(address, `can not be used: ${checked.detail ?? checked.reason}`);
}

function destinationOf(target: Target, why: Why, parts: IntakeParts, documentType: string): Destination {
  const type = parts.settings.documentTypes[documentType];
  const transport = type ? transportFor(parts.settings, type, target.channel) : null;
  return {
    ...target,
    role: 'to',
    transport,
    why,
    reason: type ? (transport === null ? 'no-transport' : null) : 'unknown-type',
    detail: null,
    to: target.channel === 'email' ? [target.recipient] : [],
    cc: [],
  };
}

/**
 * Uncertain and waiting messages are not sent a second time this way: they have `retry`.
 * @param to email address or fax number; null: the old recipient
 * @throws OBX010 when the message is not final, OBX013 for an address that can not be used
 */
export async function resendMessage(message: Message, to: string | null, parts: IntakeParts): Promise<Message> {
  const { store } = parts;
  const { id, status } = message;
  if (!isFinal(status)) {
    const hint = 'To try it now: outbox retry. To let it go: outbox release.';
    throw new OutboxError('OBX010', { id, status, verb: 'sent again', hint });
  }
  const documents = (await store.messages.documentsOf([id])).get(id) ?? [];
  const target = to === null ? oldTarget(message) : readTarget(to, parts.settings.company.country);
  await refuseSuppressed(target, parts);
  const customers = await store.customers.find(message.company, [message.customer]);
  const why: Why = { text: `Sent again by ${parts.by} in place of ${id}.`, level: 'command', source: 'outbox resend' };
  const request = (await store.messages.requestOf(id)) as Request;
  const draft = {
    documents,
    grouping: parts.settings.documentTypes[message.documentType]?.grouping ?? 'each',
    customer: customers.get(message.customer) ?? null,
    destination: destinationOf(target, why, parts, message.documentType),
    request,
  };
  const fresh = { ...(await messageOf(draft, { hold: false, notBefore: null }, parts)), resendOf: id };
  if (fresh.status === 'blocked') {
    const hint = 'Mend the settings first: outbox apply.';
    throw new OutboxError('OBX010', {
      id,
      status: `blocked (${fresh.detail ?? fresh.reason})`,
      verb: 'sent again',
      hint,
    });
  }
  const documentIds = documents.map((document) => document.id);
  await store.changes.add(fresh, request, documentIds, parts.by, `Sent again to ${target.recipient}.`);
  return fresh;
}
