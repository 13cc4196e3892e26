// Keys that make the same request the same message (docs/promises.md, 5): one for every document, channel and recipient.
import { hash } from 'node:crypto';
import { canonicalEmail } from './email-address.ts';
import type { Channel, Document } from './message.ts';

/** Parts are joined with their lengths, so that no two lists of parts make the same key. */
const join = (parts: readonly string[]): string =>
  hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'hex');

type Keyed = Pick<Document, 'company' | 'type' | 'number' | 'revision' | 'customer' | 'sha256'>;

/** What the sender wrote beside the bytes. */
export interface OwnWords {
  subject: string | null;
  note: string | null;
  /** Descriptive name of the attachment. */
  name: string | null;
}

const noWords: OwnWords = { subject: null, note: null, name: null };

/**
 * @param given the caller's own key, or null: company, type, customer, number and revision stand in (two customers have a statement
 * 2026-10 each); without a number, the bytes and what the sender wrote beside them
 * @param recipient email address, or number in E.164
 */
export function deliveryKey(
  given: string | null,
  document: Keyed,
  channel: Channel,
  recipient: string,
  own: OwnWords = noWords,
): string {
  const { company, type, customer, number, revision, sha256 } = document;
  const to = channel === 'email' ? canonicalEmail(recipient) : recipient;
  if (given !== null) return join(['given', company, given, channel, to]);
  if (number !== '') return join(['number', company, type, customer, number, revision, channel, to]);
  const words = [own.subject, own.note, own.name].map((text) => (text === null ? '-' : `+${text}`));
  return join(['bytes', company, type, customer, sha256, ...words, channel, to]);
}

/** A key with the digest of the bytes that it stands for, and the documents that these are. */
export interface DeliveryKey<D extends Keyed> {
  key: string;
  digest: string;
  documents: D[];
}

const digestOf = (documents: readonly Keyed[]): string =>
  documents.length === 1 ? documents[0]!.sha256 : join(documents.map(({ sha256 }) => sha256).toSorted());

/**
 * The keys of one message.
 * @param asked together: the sender made one set of them, so that files of one number (or key, or none) are one thing;
 * otherwise every document stands for itself
 */
export function deliveryKeys<D extends Keyed>(
  documents: readonly D[],
  asked: OwnWords & { together: boolean; keyOf(document: D): string | null },
  channel: Channel,
  recipient: string,
): DeliveryKey<D>[] {
  const nameOf = (document: D): string => {
    const key = asked.keyOf(document);
    return key === null ? `number ${document.number}` : `key ${key}`;
  };
  const parts = asked.together
    ? [...Map.groupBy(documents, nameOf).values()]
    : documents.map((document): D[] => [document]);
  return parts.map((of) => {
    const digest = digestOf(of);
    const whole = { ...of[0]!, sha256: digest };
    return { key: deliveryKey(asked.keyOf(of[0]!), whole, channel, recipient, asked), digest, documents: of };
  });
}
