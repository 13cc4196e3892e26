// Reading messages: one, many by filter, counts, the documents and attempts that belong to them.
import { sql } from 'kysely';
import type { Attempt, Batch, Document, Message } from '../message/message.ts';
import type { Status } from '../message/status.ts';
import { attemptOf, batchOf, documentOf, messageOf, portionsOf } from './rows.ts';
import type { Connection, Database } from './schema.ts';

export interface MessageFilter {
  ids?: readonly string[];
  status?: Status;
  batch?: string;
  customer?: string;
  type?: string;
  transport?: string;
  channel?: Message['channel'];
  reason?: string;
  /** Only those that were made before the message of this id. */
  before?: string;
  /** Newest first; else in the order they were made. */
  newestFirst?: boolean;
  /** Part of a recipient, subject, customer number or name, document number or id. */
  search?: string;
  limit?: number;
}

export interface Count {
  status: Status;
  documentType: string;
  channel: Message['channel'];
  transport: string | null;
  count: number;
}

/** LIKE reads % and _ as wild cards: what a person typed is taken as it stands. */
const likeText = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;

const withContent = (db: Database) =>
  db
    .selectFrom('message')
    .innerJoin('messageContent', 'messageContent.messageId', 'message.id')
    .selectAll('message')
    .select('messageContent.ingredients');

const queryOf = (db: Database, filter: MessageFilter) => {
  let query = withContent(db);
  if (filter.ids) query = query.where('message.id', 'in', [...filter.ids, '']);
  if (filter.status) query = query.where('message.status', '=', sql.lit(filter.status));
  if (filter.batch) query = query.where('message.batchId', '=', filter.batch);
  if (filter.customer !== undefined) query = query.where('message.customer', '=', filter.customer);
  if (filter.type) query = query.where('message.documentType', '=', filter.type);
  if (filter.transport) query = query.where('message.transport', '=', filter.transport);
  if (filter.channel) query = query.where('message.channel', '=', filter.channel);
  if (filter.reason) query = query.where('message.reason', '=', filter.reason);
  if (filter.before) query = query.where('message.id', '<', filter.before);
  if (filter.search) {
    const text = likeText(filter.search);
    const like = (column: string) => sql<boolean>`lower(${sql.ref(column)}) like ${text} escape '\\'`;
    query = query.where((where) =>
      where.or([
        like('message.recipient'),
        like('message.subject'),
        like('message.customer'),
        like('message.id'),
        where.exists(
          where
            .selectFrom('messageDocument')
            .innerJoin('document', 'document.id', 'messageDocument.documentId')
            .select('document.id')
            .whereRef('messageDocument.messageId', '=', 'message.id')
            .where((inner) =>
              inner.or([like('document.number'), like('document.customerName'), like('document.file')]),
            ),
        ),
      ]),
    );
  }
  query = query.orderBy('message.id', filter.newestFirst ? 'desc' : 'asc');
  return filter.limit === undefined ? query : query.limit(filter.limit);
};

async function find(db: Database, filter: MessageFilter): Promise<Message[]> {
  return (await queryOf(db, filter).execute()).map(messageOf);
}

/** Without their contents: a hundred thousand of them are a few megabytes. */
async function findIds(db: Database, filter: MessageFilter): Promise<string[]> {
  const rows = await queryOf(db, filter).clearSelect().select('message.id').execute();
  return rows.map(({ id }) => id);
}

/** Documents of each message, in the order of its attachments. */
export async function documentsOf(db: Database | Connection, ids: readonly string[]): Promise<Map<string, Document[]>> {
  const found = new Map<string, Document[]>();
  for (const portion of portionsOf(ids.map((id) => ({ id })))) {
    const rows = await db
      .selectFrom('messageDocument')
      .innerJoin('document', 'document.id', 'messageDocument.documentId')
      .selectAll('document')
      .select(['messageDocument.messageId as ofMessage'])
      .where(
        'messageDocument.messageId',
        'in',
        portion.map(({ id }) => id),
      )
      .orderBy('messageDocument.position')
      .execute();
    for (const { ofMessage, ...row } of rows) {
      const list = found.get(ofMessage) ?? [];
      found.set(ofMessage, [...list, documentOf(row)]);
    }
  }
  return found;
}

export const createMessages = (db: Database) => ({
  async get(id: string): Promise<Message | null> {
    const row = await withContent(db).where('message.id', '=', id).executeTakeFirst();
    return row ? messageOf(row) : null;
  },

  /** Ids that are this, or end like this; at most two, since more than one is too many. */
  async endingWith(end: string): Promise<string[]> {
    if (!/^[0-9a-f-]{4,36}$/.test(end)) return [];
    const rows = await db.selectFrom('message').select('id').where('id', 'like', `%${end}`).limit(2).execute();
    return rows.map(({ id }) => id);
  },

  /** In the order they were made. */
  find: (filter: MessageFilter): Promise<Message[]> => find(db, filter),

  ids: (filter: MessageFilter): Promise<string[]> => findIds(db, filter),

  /** However many they are: each portion is read when its turn comes. */
  async *portions(ids: readonly string[]): AsyncGenerator<Message[]> {
    for (const portion of portionsOf(ids.map((id) => ({ id })))) {
      yield find(db, { ids: portion.map(({ id }) => id) });
    }
  },

  /** What a message was asked to be, as intake wrote it. */
  async requestOf(id: string): Promise<unknown> {
    const row = await db.selectFrom('messageContent').select('request').where('messageId', '=', id).executeTakeFirst();
    return row ? (JSON.parse(row.request) as unknown) : null;
  },

  async counts(batch: string | null): Promise<Count[]> {
    const rows = await db
      .selectFrom('message')
      .select([
        'status',
        'documentType',
        'channel',
        'transport',
        (select) => select.fn.countAll<number | string>().as('count'),
      ])
      .$if(batch !== null, (query) => query.where('batchId', '=', batch))
      .groupBy(['status', 'documentType', 'channel', 'transport'])
      .orderBy('documentType')
      .orderBy('channel')
      .orderBy('status')
      .execute();
    return rows.map((row) => ({ ...row, count: Number(row.count) })) as Count[];
  },

  /** Documents of each message, in the order of its attachments. */
  documentsOf: (ids: readonly string[]): Promise<Map<string, Document[]>> => documentsOf(db, ids),

  /** Oldest first. */
  async attemptsOf(id: string): Promise<Attempt[]> {
    const rows = await db.selectFrom('attempt').selectAll().where('messageId', '=', id).orderBy('number').execute();
    return rows.map(attemptOf);
  },

  async batch(id: string): Promise<Batch | null> {
    const row = await db.selectFrom('batch').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? batchOf(row) : null;
  },

  /** Newest first. @param before id of a batch: only those made before it */
  async batches(most: number, before: string | null = null): Promise<Batch[]> {
    const found = db
      .selectFrom('batch')
      .selectAll()
      .$if(before !== null, (query) => query.where('id', '<', before!));
    return (await found.orderBy('id', 'desc').limit(most).execute()).map(batchOf);
  },

  /** Messages of each batch by status. */
  async countsOf(batches: readonly string[]): Promise<Map<string, Partial<Record<Status, number>>>> {
    const rows = await db
      .selectFrom('message')
      .select(['batchId', 'status', (select) => select.fn.countAll<number | string>().as('count')])
      .where('batchId', 'in', [...batches, ''])
      .groupBy(['batchId', 'status'])
      .execute();
    const found = new Map<string, Partial<Record<Status, number>>>();
    for (const { batchId, status, count } of rows)
      found.set(batchId!, { ...found.get(batchId!), [status]: Number(count) });
    return found;
  },

  async document(id: string): Promise<Document | null> {
    const row = await db.selectFrom('document').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? documentOf(row) : null;
  },
});
