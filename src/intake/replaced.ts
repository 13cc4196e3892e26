// A document that was blocked and comes again: the same fault answers with the old message, a mended one takes its place.
import type { Channel, Document } from '../message/message.ts';
import type { BlockedPart } from '../store/take-in.ts';
import type { Draft } from './draft.ts';
import type { Request } from './entry.ts';
import type { IntakeParts } from './parts.ts';

export interface Replacement {
  /** Blocked messages that the new ones stand in for, with the document of the run that does it. */
  replaced: { message: string; reason: string | null; by: Document }[];
  /** Drafts that are really new. */
  kept: Draft[];
  known: { document: Document; channel: Channel; message: string; reason: string | null }[];
}

interface Asked {
  document: Pick<Document, 'id' | 'type' | 'number' | 'customer' | 'sha256'>;
  request: Request;
}

const addressesOf = ({ email, fax }: Request): string => JSON.stringify([email, fax]);

/**
 * A command names its addresses: to another one is another request. A manifest is corrected and comes again, and then only a row
 * without a customer needs more than its number to be known again.
 */
function isSameAddressing(before: Asked, now: Asked, key: string | null): boolean {
  const { request } = before;
  if (key !== null || addressesOf(request) === addressesOf(now.request)) return true;
  if (request.email.length + request.fax.length === 0) return true;
  if (request.level === 'command' || now.request.level === 'command') return false;
  return now.document.customer !== '' || before.document.sha256 === now.document.sha256;
}

/** Another customer's document is another document, even of one number. */
function isSame(before: Asked, now: Asked): boolean {
  const [a, b] = [before.document, now.document];
  if (a.type !== b.type || a.customer !== b.customer || a.number !== b.number) return false;
  if (a.number === '' && a.sha256 !== b.sha256) return false;
  const keys = [before.request.keys[a.id] ?? null, now.request.keys[b.id] ?? null];
  return keys[0] === keys[1] && isSameAddressing(before, now, keys[0]!);
}

const askedOf = (part: BlockedPart): Asked => ({
  document: { ...part, id: part.documentId },
  request: part.request as Request,
});

const askedNow = (draft: Draft): Asked[] => draft.documents.map((document) => ({ document, request: draft.request }));

/** The same documents, blocked for the same reason on the same address: nothing has changed since. */
const isUnchanged = (draft: Draft, old: readonly BlockedPart[]): boolean =>
  old.length === draft.documents.length &&
  old.every(
    (part) =>
      part.reason === draft.destination.reason &&
      part.recipient === draft.destination.recipient &&
      askedNow(draft).some((now) => now.document.sha256 === part.sha256 && isSame(askedOf(part), now)),
  );

export async function replacedBy(drafts: readonly Draft[], parts: IntakeParts): Promise<Replacement> {
  const documents = drafts.flatMap((draft) => draft.documents);
  const bare = documents.filter(({ number, sha256 }) => number === '' && sha256 !== '');
  const found = await parts.store.takeIn.blocked(parts.settings.company.code, {
    types: [...new Set(documents.map(({ type }) => type))],
    numbers: documents.map(({ number }) => number),
    digests: bare.map(({ sha256 }) => sha256),
  });
  const old = Map.groupBy(found, ({ messageId }) => messageId);
  const byNumber = new Map<string, [string, BlockedPart[]][]>();
  for (const one of old) {
    for (const number of new Set(one[1].map((part) => part.number))) {
      byNumber.set(number, [...(byNumber.get(number) ?? []), one]);
    }
  }
  const known: Replacement['known'] = [];
  const same = new Set<string>();
  const kept = drafts.filter((draft) => {
    const alike = byNumber.get(draft.documents[0]?.number ?? '') ?? [];
    const twin = alike.find(([id, of]) => !same.has(id) && isUnchanged(draft, of));
    if (!twin) return true;
    same.add(twin[0]);
    for (const document of draft.documents)
      known.push({ document, channel: draft.destination.channel, message: twin[0], reason: twin[1][0]!.reason });
    return false;
  });
  const renewed = Map.groupBy(kept.flatMap(askedNow), ({ document }) => document.number);
  const heirOf = (part: BlockedPart): Asked | undefined =>
    renewed.get(part.number)?.find((now) => isSame(askedOf(part), now));
  const replaced = [...old].flatMap(([message, of]) => {
    const heirs = same.has(message) ? [] : of.flatMap((part) => heirOf(part) ?? []);
    if (heirs.length < of.length) return [];
    return [{ message, reason: of[0]!.reason, by: heirs[0]!.document as Document }];
  });
  return { replaced, kept, known };
}
