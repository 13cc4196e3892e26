// Linked new messages for final ones: the same documents, to the same or another recipient.
import { checkEmailAddress, wireAddress } from '../message/email-address.ts';
import { OutboxError } from '../message/errors.ts';
import { readFaxNumber } from '../message/fax-number.ts';
import type { Document, Message, Why } from '../message/message.ts';
import { sentenceOf } from '../message/reasons.ts';
import type { Destination } from '../message/routing.ts';
import type { Customer } from '../message/settings.ts';
import { isFinal } from '../message/status.ts';
import { transportFor } from '../message/transport-choice.ts';
import { checkAddress, type Suppressed } from '../message/usable-address.ts';
import type { Again, Descendant } from '../store/changes.ts';
import { messageOf, readSuppressed } from './draft.ts';
import type { Request } from './entry.ts';
import type { IntakeParts } from './parts.ts';
import type { Done } from './re-route.ts';

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

export interface ResendRequest {
  /** Email address or fax number; null: the old recipient. */
  to: string | null;
  /** Which of its followers stand in its way: those alive, all, or none. */
  unless: Again['unless'];
}

export interface Resent extends Done {
  /** The new message. */
  made: Message | null;
  /** Nothing is wrong: it was sent again before. */
  before: boolean;
}

const notDone = (text: string): Resent => ({ done: false, text, made: null, before: false });

const wasBefore = ({ id, status }: Descendant, of: string): Resent => ({
  ...notDone(
    status === 'failed'
      ? `It was sent again before as message ${id}, which failed: outbox resend ${id}`
      : `It was sent again before as message ${id} (${status}). Once more all the same: outbox resend ${of} --again`,
  ),
  before: true,
});

/** What a whole portion needs. */
interface Known {
  request: ResendRequest;
  target: Target | null;
  customers: Map<string, Customer>;
  documents: Map<string, Document[]>;
  suppressed: Suppressed;
}

const notFinal = ({ status }: Message): string =>
  `It is ${status}: it can not be sent again now. To try it now: outbox retry. To let it go: outbox release.`;

/** Uncertain and waiting messages are not sent a second time this way: they have `retry`. */
async function prepare(message: Message, known: Known, parts: IntakeParts): Promise<Again | string> {
  const { id } = message;
  if (!isFinal(message.status)) return notFinal(message);
  const { channel, recipient } = message;
  const isSendable = channel === 'email' || channel === 'fax';
  const target = known.target ?? (isSendable ? { channel, recipient } : null);
  if (target === null) return 'It was to be printed. Name an address with --to.';
  // A person decides about a suppressed address, but not by accident.
  const checked = checkAddress(target.channel, target.recipient, parts.settings.company.country, known.suppressed);
  if (checked.reason !== null) return `It can not go there: ${checked.detail ?? checked.reason}`;
  const why: Why = { text: `Sent again by ${parts.by} in place of ${id}.`, level: 'command', source: 'outbox resend' };
  const request = (await parts.store.messages.requestOf(id)) as Request;
  const documents = known.documents.get(id) ?? [];
  const draft = {
    documents,
    grouping: parts.settings.documentTypes[message.documentType]?.grouping ?? 'each',
    customer: known.customers.get(message.customer) ?? null,
    destination: destinationOf(target, why, parts, message.documentType),
    request,
  };
  const fresh = { ...(await messageOf(draft, { hold: false, notBefore: null }, parts)), resendOf: id };
  if (fresh.status === 'blocked') {
    return `It would be blocked: ${fresh.detail ?? sentenceOf(fresh.reason!)} Mend the settings first: outbox apply.`;
  }
  const documentIds = documents.map((document) => document.id);
  const text = `Sent again to ${target.recipient}.`;
  return { message: fresh, request, documentIds, by: parts.by, text, unless: known.request.unless };
}

async function resendSome(messages: readonly Message[], known: Known, parts: IntakeParts): Promise<Resent[]> {
  const prepared = [];
  for (const message of messages) prepared.push(await prepare(message, known, parts));
  const wanted = prepared.filter((one) => typeof one !== 'string');
  const others = (wanted.length === 0 ? [] : await parts.store.changes.addAll(wanted))[Symbol.iterator]();
  return prepared.map((one): Resent => {
    if (typeof one === 'string') return notDone(one);
    const other = others.next().value ?? null;
    if (other !== null) return wasBefore(other, one.message.resendOf!);
    return { done: true, text: one.text, made: one.message, before: false };
  });
}

/** Messages that one transaction makes. */
const portion = 100;

/**
 * Each message is sent again, or it is said why not.
 * @param onDone hears of each when it is durable
 * @throws OBX013 for an address that can not be used: then nothing is sent
 */
export async function resendAll(
  messages: readonly Message[],
  request: ResendRequest,
  parts: IntakeParts,
  onDone: (message: Message, resent: Resent) => void,
): Promise<void> {
  const { store, settings } = parts;
  const target = request.to === null ? null : readTarget(request.to, settings.company.country);
  const suppressed = await readSuppressed(parts);
  if (target !== null) {
    const checked = checkAddress(target.channel, target.recipient, settings.company.country, suppressed);
    if (checked.reason !== null) throw wrong(target.recipient, `can not be used: ${checked.detail ?? checked.reason}`);
  }
  for (let at = 0; at < messages.length; at += portion) {
    const some = messages.slice(at, at + portion);
    const customers = await store.customers.find(
      settings.company.code,
      some.map(({ customer }) => customer),
    );
    const documents = await store.messages.documentsOf(some.map(({ id }) => id));
    const resent = await resendSome(some, { request, target, customers, documents, suppressed }, parts);
    for (const [of, one] of resent.entries()) onDone(some[of]!, one);
  }
}

/** Whether a person who names many means this one. What was cancelled, somebody did not want to go. */
export const isMeantToGoAgain = ({ status, channel }: Message): boolean =>
  isFinal(status) && status !== 'cancelled' && (channel === 'email' || channel === 'fax');
