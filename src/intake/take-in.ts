// Intake: a run of documents becomes messages, all of it durable before the answer (W1), and nothing twice.
import type { Batch, Document, Message } from '../message/message.ts';
import { OutboxError } from '../message/errors.ts';
import { DealtWith, type HotFolderFile } from '../store/hot-folder-files.ts';
import type { NewMessage, TakeIn } from '../store/take-in.ts';
import { type Draft, messageOf, storedKeys } from './draft.ts';
import type { Run } from './entry.ts';
import { type Looked, lookAt } from './look.ts';
import type { IntakeParts } from './parts.ts';
import { openPlanner } from './plan.ts';
import { replacedBy } from './replaced.ts';
import { type Known, knownOf, knownTwin, placeOf, type Refusal, sift } from './sift.ts';

/** A blocked message that was cancelled because its document came again. */
export interface Replaced {
  message: string;
  /** Why it was blocked. */
  reason: string | null;
  row: number;
  place: string;
}

export interface TakenIn {
  /** Null when nothing new was taken, or the run is no batch. */
  batch: string | null;
  messages: Message[];
  documents: Map<string, Document[]>;
  known: Known[];
  replaced: Replaced[];
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

async function compose(drafts: readonly Draft[], run: Run, parts: IntakeParts): Promise<NewMessage[]> {
  const made: NewMessage[] = [];
  for (const draft of drafts) {
    const message = draft.message ?? (await messageOf(draft, run, parts));
    const keys = message.status === 'blocked' ? [] : storedKeys(draft.keys);
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

const refusalEvents = (batch: Batch, refused: readonly Refusal[], parts: IntakeParts): TakeIn['events'] =>
  refused.map(({ place, detail }) => ({
    subject: 'batch',
    subjectId: batch.id,
    at: parts.now(),
    what: 'row refused',
    by: parts.by,
    text: `${place}: ${detail}`,
  }));

/**
 * Who gives a total means the batch as a whole: with a refused document it does not add up, and a part of it must not go out.
 * @throws OBX012
 */
function demandWhole({ expectedCount }: Run, refused: readonly Refusal[]): void {
  if (expectedCount === null || refused.length === 0) return;
  const some = refused.slice(0, 10).map(({ place, detail }) => `${place}: ${detail.replace(/\.$/, '')}`);
  const more = refused.length > some.length ? '; and more' : '';
  const detail = `of ${expectedCount} documents ${refused.length} can not be taken (${some.join('; ')}${more})`;
  throw new OutboxError('OBX012', { detail });
}

interface Prepared extends Pick<TakenIn, 'known' | 'replaced' | 'refused'> {
  taking: TakeIn;
}

interface Planned {
  drafts: readonly Draft[];
  run: Run;
  batchId: string | null;
  looked: readonly Looked[];
}

async function prepare({ drafts, run, batchId, looked }: Planned, parts: IntakeParts): Promise<Prepared> {
  const sifted = await sift(drafts, parts);
  const refused = [...refusedRows(run), ...sifted.refused].toSorted((a, b) => a.row - b.row);
  demandWhole(run, refused);
  const { replaced, kept, known } = await replacedBy(sifted.drafts, parts);
  const messages = await compose(kept, run, parts);
  const batch = batchId === null || messages.length === 0 ? null : batchOf(run, batchId, parts);
  const blocked = known.map(({ document, channel, message, reason }) =>
    knownOf(document, channel, {
      messageId: message,
      digest: '',
      status: 'blocked',
      reason: reason as Message['reason'],
    }),
  );
  return {
    taking: {
      batch,
      documents: usedIn(messages, looked),
      messages,
      replaced: replaced.map(({ message }) => message),
      freed: sifted.freed,
      events: batch ? refusalEvents(batch, refused, parts) : [],
      by: parts.by,
    },
    refused,
    known: [...sifted.known, ...blocked, ...sifted.twins.flatMap((twin) => knownTwin(twin, messages))],
    replaced: replaced.map(({ message, reason, by }) => ({
      message,
      reason,
      row: by.row ?? 0,
      place: placeOf(by),
    })),
  };
}

function answerOf({ taking, known, replaced, refused }: Prepared): TakenIn {
  const byId = new Map(taking.documents.map((document) => [document.id, document]));
  return {
    batch: taking.batch?.id ?? null,
    messages: taking.messages.map(({ message }) => message),
    documents: new Map(
      taking.messages.map(({ message, documentIds }) => [message.id, documentIds.map((id) => byId.get(id)!)]),
    ),
    known,
    replaced,
    refused,
  };
}

/** Somebody else may take in the same documents at the same time: the database refuses the second, which looks again. */
const tries = 3;

/** A trouble of the database was waited for already; only when it is not known what came of it, a second look may tell. */
const mayBeOthers = (error: unknown): boolean =>
  error instanceof OutboxError ? error.code === 'OBX027' : !(error instanceof DealtWith);

/** The manifest of a hot folder, as the ledger knows it. */
export interface LedgerEntry {
  path: string;
  digest: string;
  /** Epoch ms. */
  at: number;
}

export const isAllRefused = ({ messages, known, refused }: Pick<TakenIn, 'messages' | 'known' | 'refused'>): boolean =>
  messages.length === 0 && known.length === 0 && refused.length > 0;

function ledgerOf(entry: LedgerEntry, prepared: Prepared): HotFolderFile {
  const answer = answerOf(prepared);
  const result = isAllRefused(answer) ? 'refused' : 'done';
  return { ...entry, batchId: answer.batch, result, putAwayAt: null };
}

/**
 * @param options dryRun: says what would be, and writes no row; ledger: the line that is written with it
 * @throws OBX012 when a batch with a total can not be taken whole, OBX018 when bytes can not be kept;
 * DealtWith when another server has taken in the same manifest; the database's errors
 */
export async function takeIn(
  given: Run,
  parts: IntakeParts,
  options: { dryRun: boolean; ledger?: LedgerEntry },
): Promise<TakenIn> {
  const run = sortByCompany(given, parts.settings.company.code);
  const batchId = run.batch ? parts.newId() : null;
  const planning = openPlanner(run, parts);
  // Whoever awaits it hears of a fault; until then it must not end the process.
  planning.catch(() => {});
  const looked = await lookAt(run.entries, batchId, parts, async (some) => (await planning).ahead(some));
  const drafts = (await planning).drafts(looked);
  for (let left = tries; ; left--) {
    const prepared = await prepare({ drafts, run, batchId, looked }, parts);
    if (options.ledger) prepared.taking.ledger = ledgerOf(options.ledger, prepared);
    if (!options.dryRun && (prepared.taking.messages.length > 0 || prepared.taking.ledger)) {
      parts.failpoint?.('before-W1');
      try {
        await parts.store.takeIn.take(prepared.taking);
      } catch (error) {
        if (left > 1 && mayBeOthers(error)) continue;
        throw error;
      }
      parts.failpoint?.('W1');
    }
    return answerOf(prepared);
  }
}
