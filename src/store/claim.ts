// W2: the claim. What is due goes under a lease, with a row for the attempt and a debit of the allowance, in one transaction.
import { type RawBuilder, sql } from 'kysely';
import type { Document, Message } from '../message/message.ts';
import type { Engine } from './database.ts';
import { type DueRequest, dueMessages } from './due.ts';
import { newId } from './id.ts';
import { documentOf, messageOf } from './rows.ts';
import type { Connection, DocumentTable } from './schema.ts';
import type { List, Statements } from './statements.ts';
import { columnsAfter } from './transition.ts';

/** A message under a lease. */
export interface Claimed {
  message: Message;
  /** In the order of its attachments. */
  documents: Document[];
  attemptId: string;
  /** Its number, from 1. */
  attempt: number;
  lease: string;
  /** Hour of the allowance from which it was debited, since the epoch. */
  hour: number;
}

export interface ClaimRequest extends DueRequest {
  worker: string;
  leaseMs: number;
  /** Of the limiter: written with the claim, so that limits survive a restart. */
  debit?: { tat: number };
}

const hourMs = 3_600_000;
export const hourOf = (time: number): number => Math.floor(time / hourMs);

/** The clock that judges leases: one for all workers, so the database's own where there are several machines. */
export const leaseClock = (engine: Engine, now: number): RawBuilder<number> =>
  engine === 'postgres' ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint` : sql<number>`${now}`;

const claimed = columnsAfter({ status: 'queued' }, 'claim');

interface Lease {
  ids: List;
  lease: string;
  now: number;
  leaseMs: number;
}

interface Attempts {
  ids: List;
  worker: string;
  now: number;
}

interface Debit {
  transport: string;
  hour: number;
  count: number;
}

const statementsOf = (statements: Statements, engine: Engine) => ({
  /** Where several machines share a database, one at a time has a transport: only so are its limits exact. */
  owner: statements.read((connection, { transport }: { transport: string }) =>
    connection.selectFrom('transport').select('owner').where('name', '=', transport).forShare(),
  ),
  lease: statements.change((connection, { ids, lease, now, leaseMs }: Lease) =>
    connection
      .updateTable('message')
      .set({ ...claimed, lease, attempts: sql<number>`attempts + 1` })
      .set({ leaseUntil: sql<number>`${leaseClock(engine, now)} + ${leaseMs}` })
      .where('id', 'in', statements.inList(ids)),
  ),
  attempt: statements.change((connection, { ids, worker, now }: Attempts) =>
    connection
      .insertInto('attempt')
      .columns(['id', 'messageId', 'number', 'transport', 'worker', 'phase', 'startedAt'])
      .expression((from) =>
        from
          .selectFrom('message')
          .select([
            sql<string>`id || '.' || attempts`.as('attemptId'),
            'id',
            'attempts',
            'transport',
            sql<string>`cast(${worker} as text)`.as('worker'),
            sql<string>`'preparing'`.as('attemptPhase'),
            sql<number>`cast(${now} as bigint)`.as('startedAt'),
          ])
          .where('id', 'in', statements.inList(ids)),
      ),
  ),
  documents: statements.read((connection, { ids }: { ids: List }) =>
    connection
      .selectFrom('messageDocument')
      .innerJoin('document', 'document.id', 'messageDocument.documentId')
      .selectAll('document')
      .select(['messageDocument.messageId as ofMessage'])
      .where('messageDocument.messageId', 'in', statements.inList(ids))
      .orderBy('messageDocument.position'),
  ),
  debit: statements.change((connection, { transport, hour, count }: Debit) =>
    connection
      .insertInto('rateBucket')
      .values({ transport, hour, count })
      .onConflict((conflict) =>
        conflict.columns(['transport', 'hour']).doUpdateSet({ count: sql`rate_bucket.count + ${count}` }),
      ),
  ),
  moveLimiter: statements.change((connection, { transport, tat }: { transport: string; tat: number }) =>
    connection.updateTable('transport').set({ tat }).where('name', '=', transport),
  ),
});

/** The documents of each, in the order of its attachments. */
function documentsByMessage(rows: readonly (DocumentTable & { ofMessage: string })[]): Map<string, Document[]> {
  const found = new Map<string, Document[]>();
  for (const { ofMessage, ...row } of rows) {
    const documents = found.get(ofMessage);
    if (documents) documents.push(documentOf(row));
    else found.set(ofMessage, [documentOf(row)]);
  }
  return found;
}

/** @returns the claim: empty when nothing is due, or the transport is another machine's */
export function claims(
  statements: Statements,
  engine: Engine,
): (connection: Connection, request: ClaimRequest) => Promise<Claimed[]> {
  const due = dueMessages(statements, engine);
  const { owner, lease: giveLease, attempt, documents, debit, moveLimiter } = statementsOf(statements, engine);

  const isOwner = async (connection: Connection, { transport, worker }: ClaimRequest): Promise<boolean> =>
    engine === 'sqlite' || (await owner(connection, { transport }))[0]?.owner === worker;

  return async (connection, request) => {
    const { transport, worker, now } = request;
    if (!(await isOwner(connection, request))) return [];
    const rows = await due(connection, request);
    if (rows.length === 0) return [];
    const ids = statements.list(rows.map(({ id }) => id));
    const lease = `${worker}/${newId(now)}`;
    const hour = hourOf(now);
    await giveLease(connection, { ids, lease, now, leaseMs: request.leaseMs });
    await attempt(connection, { ids, worker, now });
    await debit(connection, { transport, hour, count: rows.length });
    if (request.debit) await moveLimiter(connection, { transport, tat: request.debit.tat });
    const found = documentsByMessage(await documents(connection, { ids }));
    return rows.map((row) => ({
      message: messageOf({ ...row, ...claimed }),
      documents: found.get(row.id) ?? [],
      attemptId: `${row.id}.${row.attempts + 1}`,
      attempt: row.attempts + 1,
      lease,
      hour,
    }));
  };
}
