// What a person, a policy or a correction does to messages: release, hold, cancel, retry, and the frozen content of a corrected one.
import { sql } from 'kysely';
import type { Message } from '../message/message.ts';
import { priorityOf, putOff } from '../message/priority.ts';
import { appendEvents } from './events.ts';
import type { GroupCommit } from './group-commit.ts';
import { contentRow, messageRow, portionsOf, written } from './rows.ts';
import type { Connection, Database } from './schema.ts';
import { move, type Move } from './transition.ts';

/** Of one document for one recipient, with the digest of its bytes. */
export interface Key {
  key: string;
  digest: string;
}

export interface Changed {
  before: Message['status'];
  moved: boolean;
}

/** Makes a message that waits for its time due now. */
export interface Hasten {
  hasten: string;
  at: number;
  by: string;
  text: string;
}

/** A message that is sent again, with the documents of the old one. */
export interface Again {
  message: Message;
  request: unknown;
  documentIds: readonly string[];
  by: string;
  text: string;
  /** Not if it was sent again before and that one lives, or at all; null: a person means it even so. */
  unless: 'alive' | 'any' | null;
}

/** The columns of a message that routing and freezing decide. */
export type Content = Pick<
  Message,
  | 'channel'
  | 'transport'
  | 'recipient'
  | 'role'
  | 'subject'
  | 'ingredients'
  | 'why'
  | 'reason'
  | 'detail'
  | 'dueAt'
  | 'queuedAt'
>;

const contentColumns = (content: Content) => ({
  channel: content.channel,
  transport: content.transport,
  recipient: content.recipient,
  role: content.role,
  subject: content.subject,
  headerId: content.ingredients?.messageId ?? null,
  envid: content.ingredients?.envid ?? null,
  why: JSON.stringify(content.why),
  reason: content.reason,
  detail: content.detail,
  dueAt: content.dueAt,
  queuedAt: content.queuedAt,
});

/**
 * A cancelled message that provably never went must not stand in the way of the corrected one; one that may have gone must, and so
 * must one that a person was to print: cancel is what is done with it when it is printed.
 */
async function freeKeys(connection: Connection, id: string): Promise<void> {
  const printed = await connection
    .selectFrom('message')
    .select('id')
    .where('id', '=', id)
    .where('channel', '=', 'print')
    .execute();
  if (printed.length > 0) return;
  const perhaps = await connection
    .selectFrom('attempt')
    .select('number')
    .where('messageId', '=', id)
    .where('result', 'in', ['uncertain', 'accepted'])
    .limit(1)
    .execute();
  if (perhaps.length === 0) await connection.deleteFrom('messageKey').where('messageId', '=', id).execute();
}

const rowAlone = (message: Message) => ({ ...messageRow(message), priority: priorityOf(1) });

/** What was put off goes with the fresh ones again: a person asks for it. */
const asFresh = sql<number>`case when priority > ${sql.lit(putOff)} then priority - ${sql.lit(putOff)} else priority end`;

async function applyOne(connection: Connection, wanted: Move): Promise<Changed | null> {
  const changed = await move(connection, wanted);
  if (changed?.moved && wanted.trigger === 'cancel') await freeKeys(connection, wanted.id);
  return changed;
}

async function hasten(connection: Connection, { hasten: id, at, by, text }: Hasten): Promise<Changed> {
  const result = await connection
    .updateTable('message')
    .set({ dueAt: at, priority: asFresh })
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .executeTakeFirst();
  const moved = result.numUpdatedRows > 0n;
  if (moved) await appendEvents(connection, [{ subject: 'message', subjectId: id, at, what: 'retry', by, text }]);
  return { before: 'queued', moved };
}

/** The messages that were made of these by sending them again, and again. */
async function descendantsOf(connection: Connection, ids: readonly string[]): Promise<Descendant[]> {
  const found: Descendant[] = [];
  for (let parents = [...ids]; parents.length > 0;) {
    const rows = await connection
      .selectFrom('message')
      .select(['id', 'status'])
      .where('resendOf', 'in', parents)
      .orderBy('id')
      .execute();
    found.push(...rows.map(({ id, status }) => ({ id, status: status as Message['status'] })));
    parents = rows.map(({ id }) => id);
  }
  return found;
}

export interface Descendant {
  id: string;
  status: Message['status'];
}

const isUncancelled = ({ status }: Descendant): boolean => status !== 'cancelled';
/** One that is on its way, or that arrived as far as anybody knows. */
const isAlive = (one: Descendant): boolean => isUncancelled(one) && one.status !== 'failed';

async function addOne(connection: Connection, wanted: Again): Promise<Descendant | null> {
  const { message, request, documentIds, by, text } = wanted;
  const { resendOf } = message;
  if (resendOf !== null) {
    // Two people who send the same message again: the second waits for the row, and then sees what the first made.
    await connection
      .updateTable('message')
      .set({ resendOf: sql`resend_of` })
      .where('id', '=', resendOf)
      .execute();
    const before = wanted.unless === null ? [] : await descendantsOf(connection, [resendOf]);
    const inTheWay = before.find(isAlive) ?? (wanted.unless === 'any' ? before.find(isUncancelled) : undefined);
    if (inTheWay) return inTheWay;
  }
  await connection.insertInto('message').values(rowAlone(message)).execute();
  await connection.insertInto('messageContent').values(contentRow(message, request)).execute();
  const parts = documentIds.map((documentId, position) => ({ messageId: message.id, documentId, position }));
  if (parts.length > 0) await connection.insertInto('messageDocument').values(parts).execute();
  const line = { at: message.createdAt, what: 'resend', by, text };
  await appendEvents(connection, [
    { ...line, subject: 'message', subjectId: message.id },
    ...(resendOf ? [{ ...line, subject: 'message' as const, subjectId: resendOf }] : []),
  ]);
  return null;
}

/** @param group waits for a database that is away for a moment */
export const createChanges = (db: Database, group: GroupCommit) => ({
  /** Moves one message where the status machine allows it; null when there is none. */
  apply: (wanted: Move): Promise<Changed | null> => group.run((connection) => applyOne(connection, wanted)),

  /** The same for many, in one transaction: each as far as its own status allows it. */
  applyAll: (wanted: readonly (Move | Hasten)[]): Promise<(Changed | null)[]> =>
    group.run(async (connection) => {
      const changed: (Changed | null)[] = [];
      for (const one of wanted) {
        changed.push('hasten' in one ? await hasten(connection, one) : await applyOne(connection, one));
      }
      return changed;
    }),

  /**
   * The keys of a message that is taken back after a cancel.
   * @throws the database's own error when one is another message's
   */
  async takeKeys(id: string, keys: readonly Key[]): Promise<void> {
    const rows = keys.map((key) => ({ ...key, messageId: id }));
    await db.transaction().execute(async (connection) => {
      for (const portion of portionsOf(rows)) await connection.insertInto('messageKey').values(portion).execute();
    });
  },

  /**
   * A blocked message that can go now: its content is frozen, its keys are taken, and it is released or held, all at once.
   * @throws the database's own error when a key is another message's
   */
  release: (id: string, content: Content, keys: readonly Key[], wanted: Omit<Move, 'id'>): Promise<Changed | null> =>
    db.transaction().execute(async (connection) => {
      const change = { ...contentColumns(content), ...wanted.change };
      const changed = await move(connection, { ...wanted, id, change });
      if (!changed?.moved) return changed;
      const ingredients = written(content.ingredients);
      await connection.updateTable('messageContent').set({ ingredients }).where('messageId', '=', id).execute();
      for (const rows of portionsOf(keys.map((key) => ({ ...key, messageId: id })))) {
        await connection.insertInto('messageKey').values(rows).execute();
      }
      return changed;
    }),

  /** A blocked message that stays blocked for another reason. */
  async explain(id: string, content: Content): Promise<void> {
    await db
      .updateTable('message')
      .set(contentColumns(content))
      .where('id', '=', id)
      .where('status', '=', 'blocked')
      .execute();
  },

  /**
   * Queued messages whose transport is none of these would wait for ever without a word: they are blocked.
   * @returns how many
   */
  async blockWithout(transports: readonly string[], at: number): Promise<number> {
    const rows = await db
      .selectFrom('message')
      .select(['id', 'transport'])
      .where('status', '=', sql.lit('queued'))
      .where('transport', 'not in', [...transports, ''])
      .execute();
    for (const { id, transport } of rows) {
      const text = `The settings know no transport ${transport} any more.`;
      const change = { reason: 'no-transport', detail: text };
      await db
        .transaction()
        .execute((connection) => move(connection, { id, trigger: 'block', at, by: 'settings', text, change }));
    }
    return rows.length;
  },

  /**
   * Linked new messages beside final ones, with the same documents, in one transaction.
   * @returns for each null, or the message by which the old one was sent again before: then nothing was made
   */
  addAll: (wanted: readonly Again[]): Promise<(Descendant | null)[]> =>
    db.transaction().execute(async (connection) => {
      const others: (Descendant | null)[] = [];
      for (const one of wanted) others.push(await addOne(connection, one));
      return others;
    }),
});
