// A document that was blocked and comes again: the same fault answers with the old message, a mended one takes its place.
import type { BlockedPart } from '../store/take-in.ts';
import type { Draft } from './draft.ts';
import type { IntakeParts } from './parts.ts';

export interface Replacement {
  /** Blocked messages that the new ones stand in for. */
  replaced: string[];
  /** Drafts that are really new. */
  kept: Draft[];
  known: { row: number; message: string }[];
}

interface Identity {
  type: string;
  number: string;
  sha256: string;
}

const isSame = (a: Identity, b: Identity): boolean =>
  a.type === b.type && (a.number === '' ? a.sha256 === b.sha256 && b.number === '' : a.number === b.number);

/** The same documents, blocked for the same reason on the same address: nothing has changed since. */
const isUnchanged = (draft: Draft, old: readonly BlockedPart[]): boolean =>
  old.length === draft.documents.length &&
  old.every(
    ({ reason, recipient, sha256 }) =>
      reason === draft.destination.reason &&
      recipient === draft.destination.recipient &&
      draft.documents.some((document) => document.sha256 === sha256),
  );

export async function replacedBy(drafts: readonly Draft[], parts: IntakeParts): Promise<Replacement> {
  const documents = drafts.flatMap((draft) => draft.documents);
  const bare = documents.filter(({ number, sha256 }) => number === '' && sha256 !== '');
  const found = await parts.store.takeIn.blocked(
    parts.settings.company.code,
    documents.map(({ number }) => number),
    bare.map(({ sha256 }) => sha256),
  );
  const old = Map.groupBy(found, ({ messageId }) => messageId);
  const known: Replacement['known'] = [];
  const same = new Set<string>();
  const kept = drafts.filter((draft) => {
    const twin = [...old].find(([id, of]) => !same.has(id) && isUnchanged(draft, of));
    if (!twin) return true;
    same.add(twin[0]);
    known.push({ row: draft.documents[0]?.row ?? 0, message: twin[0] });
    return false;
  });
  const renewed = kept.flatMap((draft) => draft.documents);
  const replaced = [...old]
    .filter(([id, of]) => !same.has(id) && of.every((part) => renewed.some((document) => isSame(document, part))))
    .map(([id]) => id);
  return { replaced, kept, known };
}
