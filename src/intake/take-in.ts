// Intake: a run of documents becomes messages, all of it durable before the answer (W1), and nothing twice.
import type { Batch, Document, Message } from '../message/message.ts';
import { groupRows } from '../message/grouping.ts';
import type { KnownKey, NewMessage, TakeIn } from '../store/take-in.ts';
import { type Draft, draftsOf, keysOf, messageOf, readSuppressed } from './draft.ts';
import { requestOf, type Run } from './entry.ts';
import { type Looked, lookAt } from './look.ts';
import type { IntakeParts } from './parts.ts';
import { replacedBy } from './replaced.ts';

export interface Refusal {
  place: string;
  row: number;
  detail: string;
  hint: string;
}

export interface TakenIn {
  /** Null when nothing new was taken, or the run is no batch. */
  batch: string | null;
  messages: Message[];
  documents: Map<string, Document[]>;
  /** Asked for before with the same bytes: the message of then. */
  known: { row: number; message: string }[];
  refused: Refusal[];
}

const batchOf = (run: Run, id: string, parts: IntakeParts): Batch => ({
  id,
  company: parts.settings.company.code,
  name: run.name,
  source: run.source,
  state: 'sealed',
  expectedCount: run.expectedCount,
  expectedAmount: run.expectedAmount,
  createdAt: parts.now(),
  sealedAt: parts.now(),
});

async function plan(looked: readonly Looked[], run: Run, parts: IntakeParts): Promise<Draft[]> {
  const { settings, store } = parts;
  const customers = await store.customers.find(
    settings.company.code,
    looked.map(({ document }) => document.customer),
  );
  const suppressed = await readSuppressed(parts);
  const rows = looked.map(({ document, entry }) => ({ ...entry, document, entry }));
  const sets = groupRows(rows, (type) => settings.documentTypes[type]?.grouping ?? 'each');
  return sets.flatMap(({ rows: of, grouping }) => {
    const documents = of.map(({ document }) => document);
    const request = requestOf(of[0]!.entry, run);
    return draftsOf({ documents, grouping, request }, customers.get(documents[0]!.customer) ?? null, suppressed, parts);
  });
}

interface Sifted {
  drafts: Draft[];
  known: TakenIn['known'];
  refused: Refusal[];
}

const refusalOf = (draft: Draft, document: Document, before: KnownKey): Refusal => ({
  place: document.row === null ? document.file : `row ${document.row}`,
  row: document.row ?? 0,
  detail: `${draft.request.key ? `The key ${draft.request.key}` : `${document.type} ${document.number}`} was used before for other bytes (message ${before.messageId}).`,
  hint: 'Give a new number, or another key if this is a corrected copy (OBX014).',
});

/** Leaves out what was taken in before; the same key with other bytes is refused. */
async function sift(drafts: readonly Draft[], parts: IntakeParts): Promise<Sifted> {
  const sendable = drafts.filter(({ destination }) => destination.reason === null);
  const before = await parts.store.takeIn.known(sendable.flatMap((draft) => keysOf(draft).map(({ key }) => key)));
  const sifted: Sifted = { drafts: [], known: [], refused: [] };
  const seen = new Set<string>();
  for (const draft of drafts) {
    if (draft.destination.reason !== null) {
      sifted.drafts.push(draft);
      continue;
    }
    const keys = keysOf(draft);
    const fresh = draft.documents.filter((document, at) => {
      const { key, digest } = keys[at]!;
      const old = before.get(key);
      // Twice in one run: the first one stands for both.
      const twice = seen.has(key);
      seen.add(key);
      if (!old) return !twice;
      if (old.digest === digest) sifted.known.push({ row: document.row ?? 0, message: old.messageId });
      else sifted.refused.push(refusalOf(draft, document, old));
      return false;
    });
    if (fresh.length > 0) sifted.drafts.push({ ...draft, documents: fresh });
  }
  return sifted;
}

async function compose(drafts: readonly Draft[], run: Run, parts: IntakeParts): Promise<NewMessage[]> {
  const made: NewMessage[] = [];
  for (const draft of drafts) {
    const message = await messageOf(draft, { hold: run.hold, notBefore: run.notBefore }, parts);
    const keys = message.status === 'blocked' || message.reason === 'to-print' ? [] : keysOf(draft);
    const documentIds = draft.documents.map(({ id }) => id);
    made.push({ message, request: draft.request, documentIds, keys, text: `Taken in from ${draft.request.source}.` });
  }
  return made;
}

const refusedRows = (run: Run): Refusal[] => run.refused.map((one) => ({ ...one, place: `row ${one.row}` }));

/** A document of another company must not go out under the name of this one. */
function sortByCompany(run: Run, code: string): Run {
  const isOurs = ({ company }: Run['entries'][number]): boolean => company === null || company === code;
  const others = run.entries.filter((entry) => !isOurs(entry));
  if (others.length === 0) return run;
  const refused = others.map(({ row, company }) => ({
    row,
    detail: `The document is of company ${company}, and these settings are of ${code}.`,
    hint: 'Import it into the data folder of its own company, or correct the column company.',
  }));
  return { ...run, entries: run.entries.filter(isOurs), refused: [...run.refused, ...refused] };
}

/** Only documents that are in a message: what was known before leaves no second trace. */
const usedIn = (messages: readonly NewMessage[], looked: readonly Looked[]): Document[] => {
  const used = new Set(messages.flatMap(({ documentIds }) => documentIds));
  return looked.map(({ document }) => document).filter(({ id }) => used.has(id));
};

async function prepare(
  drafts: readonly Draft[],
  run: Run,
  batchId: string | null,
  looked: readonly Looked[],
  parts: IntakeParts,
) {
  const sifted = await sift(drafts, parts);
  const { replaced, kept, known } = await replacedBy(sifted.drafts, parts);
  const messages = await compose(kept, run, parts);
  const documents = usedIn(messages, looked);
  const batch = batchId === null || messages.length === 0 ? null : batchOf(run, batchId, parts);
  const refused = [...refusedRows(run), ...sifted.refused];
  const events = batch
    ? refused.map(({ place, detail }) => ({
        subject: 'batch' as const,
        subjectId: batch.id,
        at: parts.now(),
        what: 'row refused',
        by: parts.by,
        text: `${place}: ${detail}`,
      }))
    : [];
  const taking: TakeIn = { batch, documents, messages, replaced, events, by: parts.by };
  return { taking, refused, known: [...sifted.known, ...known] };
}

/** Somebody else may take in the same documents at the same time: the database refuses the second, which looks again. */
const tries = 3;

/**
 * @param options dryRun: says what would be, and writes no row
 * @throws OBX018 when bytes can not be kept; the database's errors
 */
export async function takeIn(given: Run, parts: IntakeParts, options: { dryRun: boolean }): Promise<TakenIn> {
  const run = sortByCompany(given, parts.settings.company.code);
  const batchId = run.batch ? parts.newId() : null;
  const looked = await lookAt(run.entries, batchId, parts);
  const drafts = await plan(looked, run, parts);
  for (let left = tries; ; left--) {
    const { taking, refused, known } = await prepare(drafts, run, batchId, looked, parts);
    if (!options.dryRun && taking.messages.length > 0) {
      parts.failpoint?.('before-W1');
      try {
        await parts.store.takeIn.take(taking);
      } catch (error) {
        if (left > 1) continue;
        throw error;
      }
      parts.failpoint?.('W1');
    }
    const byId = new Map(taking.documents.map((document) => [document.id, document]));
    return {
      batch: taking.batch?.id ?? null,
      messages: taking.messages.map(({ message }) => message),
      documents: new Map(
        taking.messages.map(({ message, documentIds }) => [message.id, documentIds.map((id) => byId.get(id)!)]),
      ),
      known,
      refused,
    };
  }
}
