// Leaves out of a run what was taken in before, or stands in it twice; says so of each, and refuses one key with two contents.
import type { DeliveryKey } from '../message/idempotency.ts';
import type { Document, Message } from '../message/message.ts';
import type { KnownKey, NewMessage } from '../store/take-in.ts';
import { type Draft, isKeyed } from './draft.ts';
import type { IntakeParts } from './parts.ts';

export interface Refusal {
  place: string;
  row: number;
  detail: string;
  hint: string;
}

/** Asked for before with the same bytes, in this run or an earlier one: the message of then. */
export interface Known {
  row: number;
  place: string;
  message: string;
  channel: Message['channel'];
  status: Message['status'];
  reason: Message['reason'];
  /** In words: when it was asked for. */
  text: string;
}

export const placeOf = ({ row, file }: Document): string => (row === null ? file : `row ${row}`);

/** The same key stands in this run already: the message that is made of the first one is the answer. */
export interface Twin {
  document: Document;
  first: Document;
  draft: Draft;
}

export interface Sifted {
  drafts: Draft[];
  known: Known[];
  twins: Twin[];
  refused: Refusal[];
  /** Keys of cancelled messages that were to be printed: their corrections take them over. */
  freed: string[];
}

const nameOf = ({ request }: Draft, { id, type, number }: Document): string => {
  const key = request.keys[id];
  return key === undefined ? `${type} ${number}`.trim() : `The key ${key}`;
};

const refusalOf = (document: Document, detail: string): Refusal => ({
  place: placeOf(document),
  row: document.row ?? 0,
  detail,
  hint: 'Give a new number, or another key if this is a corrected copy (OBX014).',
});

export const knownOf = (
  document: Document,
  channel: Message['channel'],
  { messageId: message, status, reason }: KnownKey,
): Known => ({
  row: document.row ?? 0,
  place: placeOf(document),
  message,
  channel,
  status,
  reason,
  text: 'taken in before',
});

/** What is left of a draft: another message than the whole would have been. */
const partOf = ({ message: _, ...draft }: Draft, keys: Draft['keys']): Draft => ({
  ...draft,
  keys,
  documents: keys.flatMap(({ documents }) => documents),
});

/** Leaves out what was taken in before, or stands in the run already; the same key with other bytes is refused. */
export async function sift(drafts: readonly Draft[], parts: IntakeParts): Promise<Sifted> {
  const keyed = drafts.filter(({ destination }) => isKeyed(destination.reason));
  const before = await parts.store.takeIn.known(keyed.flatMap(({ keys }) => keys.map(({ key }) => key)));
  const sifted: Sifted = { drafts: [], known: [], twins: [], refused: [], freed: [] };
  const seen = new Map<string, { digest: string; document: Document }>();
  const isFresh = (draft: Draft, { key, digest, documents }: DeliveryKey<Document>): boolean => {
    const document = documents[0]!;
    const found = before.get(key);
    const isDropped = found?.status === 'cancelled' && found.digest !== digest && draft.destination.channel === 'print';
    if (isDropped) sifted.freed.push(key);
    const old = isDropped ? undefined : found;
    const twin = seen.get(key);
    if (old?.digest === digest)
      sifted.known.push(...documents.map((one) => knownOf(one, draft.destination.channel, old)));
    else if (old) {
      const text = `${nameOf(draft, document)} was used before for other bytes (message ${old.messageId}).`;
      sifted.refused.push(refusalOf(document, text));
    } else if (twin?.digest === digest) sifted.twins.push({ document, first: twin.document, draft });
    else if (twin) {
      const text = `${nameOf(draft, document)} stands in ${placeOf(twin.document)} already, with other bytes.`;
      sifted.refused.push(refusalOf(document, text));
    } else seen.set(key, { digest, document });
    return !old && !twin;
  };
  for (const draft of drafts) {
    if (!isKeyed(draft.destination.reason)) {
      sifted.drafts.push(draft);
      continue;
    }
    const fresh = draft.keys.filter((one) => isFresh(draft, one));
    if (fresh.length > 0) sifted.drafts.push(fresh.length === draft.keys.length ? draft : partOf(draft, fresh));
  }
  // One document has a destination for every recipient; it is refused once.
  const once = new Map(sifted.refused.map((one) => [one.place, one]));
  return { ...sifted, refused: [...once.values()] };
}

export const knownTwin = ({ document, first, draft }: Twin, messages: readonly NewMessage[]): Known[] => {
  const { channel, recipient } = draft.destination;
  const made = messages.find(
    ({ message, documentIds }) =>
      documentIds.includes(first.id) && message.channel === channel && message.recipient === recipient,
  );
  if (!made) return [];
  const { id, status, reason } = made.message;
  const place = { row: document.row ?? 0, place: placeOf(document) };
  return [{ ...place, message: id, channel, status, reason, text: `the same as ${placeOf(first)}` }];
};
