// W1: a batch becomes documents, messages and keys in one transaction. Before it commits, intake has not said yes.
import { sql } from 'kysely';
import type { Batch, Document, Message } from '../message/message.ts';
import { priorityOf } from '../message/priority.ts';
import { askOften } from './ask-often.ts';
import { appendEvents, type NewEvent } from './events.ts';
import type { GroupCommit } from './group-commit.ts';
import { addToLedger, type HotFolderFile } from './hot-folder-files.ts';
import { insertMany } from './insert-many.ts';
import { contentRow, messageRow, portionsOf } from './rows.ts';
import type { Connection, Database, DocumentTable, MessageContentTable, MessageTable, Tables } from './schema.ts';
import { columnsAfter } from './transition.ts';

/** A message to be taken in, with what makes it the same request when it comes again. */
export interface NewMessage {
  message: Message;
  /** What it was asked to be; routing runs on it again after a correction. */
  request: unknown;
  documentIds: string[];
  /** One for every document of the message (docs/promises.md, 5). */
  keys: { key: string; digest: string }[];
  text: string;
}

export interface TakeIn {
  batch: Batch | null;
  documents: Document[];
  messages: NewMessage[];
  /** Blocked messages that this batch replaces: the same documents, corrected. */
  replaced: string[];
  /** Keys that pass from cancelled messages to these. */
  freed?: string[];
  events: NewEvent[];
  /** The line of the hot folder's manifest that all this came from. */
  ledger?: HotFolderFile | null;
  by: string;
}

/** A blocked message and one of its documents. */
export interface BlockedPart {
  messageId: string;
  documentId: string;
  reason: string | null;
  recipient: string;
  type: string;
  number: string;
  /** Customer number, verbatim. */
  customer: string;
  sha256: string;
  /** What the message was asked to be. */
  request: unknown;
}

export interface KnownKey {
  messageId: string;
  digest: string;
  status: Message['status'];
  reason: Message['reason'];
}

const insertDocuments = insertMany<DocumentTable>((connection, row) => connection.insertInto('document').values(row));
const insertMessageRows = insertMany<MessageTable>((connection, row) => connection.insertInto('message').values(row));
const insertContents = insertMany<MessageContentTable>((connection, row) =>
  connection.insertInto('messageContent').values(row),
);
const insertParts = insertMany<Tables['messageDocument']>((connection, row) =>
  connection.insertInto('messageDocument').values(row),
);
const insertKeyRows = insertMany<Tables['messageKey']>((connection, row) =>
  connection.insertInto('messageKey').values(row),
);

async function insertMessages(connection: Connection, { messages }: TakeIn): Promise<void> {
  const priority = priorityOf(messages.length);
  await insertMessageRows(connection, messages, ({ message }) => ({ ...messageRow(message), priority }));
  await insertContents(connection, messages, ({ message, request }) => contentRow(message, request));
  const parts = messages.flatMap(({ message, documentIds }) =>
    documentIds.map((documentId, position) => ({ messageId: message.id, documentId, position })),
  );
  await insertParts(connection, parts, (part) => part);
}

/**
 * A key of a blocked message passes to the one that replaces it; any other key that is there already was taken in between
 * by somebody else, and the insert fails: the caller looks again.
 */
async function insertKeys(connection: Connection, taken: TakeIn): Promise<void> {
  for (const portion of portionsOf(taken.replaced.map((id) => ({ id })))) {
    await connection
      .deleteFrom('messageKey')
      .where(
        'messageId',
        'in',
        portion.map(({ id }) => id),
      )
      .execute();
  }
  for (const portion of portionsOf((taken.freed ?? []).map((key) => ({ key })))) {
    await connection
      .deleteFrom('messageKey')
      .where(
        'key',
        'in',
        portion.map(({ key }) => key),
      )
      .execute();
  }
  const keys = taken.messages.flatMap(({ message, keys: of }) => of.map((key) => ({ ...key, messageId: message.id })));
  await insertKeyRows(connection, keys, (key) => key);
}

const historyOf =
  (by: string) =>
  ({ message, text }: NewMessage): NewEvent => ({
    subject: 'message',
    subjectId: message.id,
    at: message.createdAt,
    what: 'taken in',
    by,
    text,
    evidence: { status: message.status, reason: message.reason, why: message.why },
  });

async function cancelReplaced(connection: Connection, taken: TakeIn): Promise<void> {
  for (const id of taken.replaced) {
    const result = await connection
      .updateTable('message')
      .set({ ...columnsAfter({ status: 'blocked' }, 'cancel'), reason: null, detail: null })
      .where('id', '=', id)
      .where('status', '=', 'blocked')
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) throw new Error(`message ${id} is not blocked any more`);
  }
  const at = taken.messages[0]?.message.createdAt ?? 0;
  await appendEvents(
    connection,
    taken.replaced.map((subjectId) => ({
      subject: 'message',
      subjectId,
      at,
      what: 'cancel',
      by: taken.by,
      text: 'Replaced: the document was taken in again.',
    })),
  );
}

/** What is asked of the database in portions, each value once and none that is empty. */
async function inPortions<T>(values: readonly string[], ask: (some: string[]) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const some of portionsOf([...new Set(values)].filter(Boolean))) answers.push(await ask(some));
  return answers;
}

/** As a literal: a bound value would keep SQLite from the index of the blocked. */
const isBlocked = sql.lit('blocked');

/** Of any company: one more condition, and SQLite would take another index. */
const anyBlocked = (db: Database) => db.selectFrom('message').select('id').where('status', '=', isBlocked).limit(1);

const blockedParts = (db: Database) =>
  db
    .selectFrom('message')
    .innerJoin('messageDocument', 'messageDocument.messageId', 'message.id')
    .innerJoin('document', 'document.id', 'messageDocument.documentId')
    .innerJoin('messageContent', 'messageContent.messageId', 'message.id')
    .select([
      'message.id as messageId',
      'document.id as documentId',
      'messageContent.request',
      'message.reason',
      'message.recipient',
      'document.type',
      'document.number',
      'document.customer',
      'document.sha256',
    ])
    .where('message.status', '=', isBlocked);

/** By the index of the documents' numbers, which begins with company and type. */
const blockedWith = (db: Database, company: string, types: readonly string[], numbers: string[]) =>
  blockedParts(db)
    .where('document.company', '=', company)
    .where('document.type', 'in', types)
    .where('document.number', 'in', numbers)
    .execute();

const blockedOfBytes = (db: Database, company: string, digests: string[]) =>
  blockedParts(db).where('document.company', '=', company).where('document.sha256', 'in', digests).execute();

async function write(connection: Connection, taken: TakeIn): Promise<void> {
  if (taken.batch) await connection.insertInto('batch').values(taken.batch).execute();
  await insertDocuments(connection, taken.documents, (document) => document);
  await insertMessages(connection, taken);
  await cancelReplaced(connection, taken);
  await insertKeys(connection, taken);
  await appendEvents(connection, [...taken.messages.map(historyOf(taken.by)), ...taken.events]);
  if (taken.ledger) await addToLedger(connection, taken.ledger);
}

/** @param group of what a person waits for: single documents of many callers share a transaction, and so one sync */
export function createTakeIn(db: Database, group: GroupCommit) {
  const askAnyBlocked = askOften(db, () => anyBlocked(db));
  const askKnown = askOften(db, (keys) =>
    db
      .selectFrom('messageKey')
      .innerJoin('message', 'message.id', 'messageKey.messageId')
      .select(['messageKey.key', 'messageKey.messageId', 'messageKey.digest', 'message.status', 'message.reason'])
      .where('messageKey.key', 'in', keys),
  );
  return {
    /**
     * Everything or nothing. It may run more than once; a refusal takes no neighbour with it.
     * @throws the database's own error when a key was taken in by somebody else since `known` was asked: ask again;
     * DealtWith when somebody else has taken in the same manifest; what group commit throws
     */
    take: (taken: TakeIn): Promise<void> => group.run((connection) => write(connection, taken)),

    /** The blocked messages that hold a document of one of these types and numbers, or these very bytes. */
    async blocked(
      company: string,
      wanted: { types: readonly string[]; numbers: readonly string[]; digests: readonly string[] },
    ): Promise<BlockedPart[]> {
      // Mostly there is none, and to know that costs a look at one index.
      if ((await askAnyBlocked([])).length === 0) return [];
      const found = new Map<string, BlockedPart>();
      for (const rows of [
        ...(await inPortions(wanted.numbers, (numbers) => blockedWith(db, company, wanted.types, numbers))),
        ...(await inPortions(wanted.digests, (digests) => blockedOfBytes(db, company, digests))),
      ]) {
        for (const row of rows) {
          found.set(`${row.messageId}/${row.documentId}`, { ...row, request: JSON.parse(row.request) as unknown });
        }
      }
      return [...found.values()];
    },

    /** Which of the keys were used before, and by which message. */
    async known(keys: readonly string[]): Promise<Map<string, KnownKey>> {
      const found = new Map<string, KnownKey>();
      const rows = await inPortions(keys, (some) => askKnown(some));
      for (const { key, status, reason, ...row } of rows.flat()) {
        found.set(key, { ...row, status: status as Message['status'], reason: reason as Message['reason'] });
      }
      return found;
    },
  };
}
