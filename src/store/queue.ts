// The queue: W2 claim, W3 commit, W4 settle, each durable before the next step, each conditional on the lease.
import { sql } from 'kysely';
import { OutboxError } from '../message/errors.ts';
import type { AttemptResult, Document, LastReply, Message } from '../message/message.ts';
import { type Order, priorityPutOff } from '../message/priority.ts';
import type { Reason } from '../message/reasons.ts';
import type { Standing, Trigger } from '../message/status.ts';
import type { Engine } from './database.ts';
import { compileOnce } from './compile-once.ts';
import { dueRows } from './due.ts';
import { appendEvents } from './events.ts';
import type { GroupCommit } from './group-commit.ts';
import { newId } from './id.ts';
import { documentsOf } from './messages.ts';
import { settleLate } from './late-answer.ts';
import { messageOf, portionsOf, written } from './rows.ts';
import type { AttemptTable, Connection, Database, MessageTable } from './schema.ts';
import { columnsAfter, columnsOf } from './transition.ts';

/** A message under a lease. */
export interface Claimed {
  message: Message;
  /** In the order of its attachments. */
  documents: Document[];
  attemptId: string;
  lease: string;
  /** Hour of the allowance from which it was debited, since the epoch. */
  hour: number;
}

export interface ClaimRequest {
  transport: string;
  worker: string;
  most: number;
  now: number;
  leaseMs: number;
  /** The most urgent first when it is left out. */
  order?: Order;
  /** Of the limiter: written with the claim, so that limits survive a restart. */
  debit?: { tat: number };
}

/** W4: how it ended. */
export interface Settlement {
  trigger: Extract<Trigger, 'accept' | 'put-back' | 'refuse' | 'lose-sight' | 'hold'>;
  result: AttemptResult;
  at: number;
  by: string;
  text: string;
  reply: LastReply | null;
  transcript: string;
  reason: Reason | null;
  /** Tries that now count against the message. */
  tries: number;
  dueAt: number | null;
  /** Nothing of it was said to the other side: the allowance gets it back. */
  credit?: boolean;
}

type Sending = Extract<Standing, { status: 'sending' }>;

const preparing: Sending = { status: 'sending', phase: 'preparing' };
const committing: Sending = { status: 'sending', phase: 'committing' };
const hourMs = 3_600_000;
const hourOf = (time: number): number => Math.floor(time / hourMs);

/** The clock that judges leases: one for all workers, so the database's own where there are several machines. */
const leaseClock = (engine: Engine, now: number) =>
  engine === 'postgres' ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint` : sql<number>`${now}`;

async function ingredientsOf(connection: Connection, ids: readonly string[]): Promise<Map<string, string | null>> {
  const found = connection.selectFrom('messageContent').select(['messageId', 'ingredients']);
  const rows = await found.where('messageId', 'in', [...ids]).execute();
  return new Map(rows.map(({ messageId, ingredients }) => [messageId, ingredients]));
}

async function debit(connection: Connection, request: ClaimRequest, count: number): Promise<void> {
  const hour = hourOf(request.now);
  await connection
    .insertInto('rateBucket')
    .values({ transport: request.transport, hour, count })
    .onConflict((conflict) =>
      conflict.columns(['transport', 'hour']).doUpdateSet({ count: sql`rate_bucket.count + ${count}` }),
    )
    .execute();
  if (!request.debit) return;
  await connection
    .updateTable('transport')
    .set({ tat: request.debit.tat })
    .where('name', '=', request.transport)
    .execute();
}

/** Where several machines share a database, one at a time has a transport: only so are its limits exact. */
async function isOwner(connection: Connection, engine: Engine, { transport, worker }: ClaimRequest): Promise<boolean> {
  if (engine === 'sqlite') return true;
  const row = await connection
    .selectFrom('transport')
    .select('owner')
    .where('name', '=', transport)
    .forShare()
    .executeTakeFirst();
  return row?.owner === worker;
}

async function claim(connection: Connection, engine: Engine, request: ClaimRequest): Promise<Claimed[]> {
  if (!(await isOwner(connection, engine, request))) return [];
  const rows = await dueRows(connection, engine, request);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const ingredients = await ingredientsOf(connection, ids);
  const lease = `${request.worker}/${newId(request.now)}`;
  const attempts = rows.map((row) => ({
    id: newId(request.now),
    messageId: row.id,
    number: row.attempts + 1,
    transport: request.transport,
    worker: request.worker,
    phase: 'preparing',
    startedAt: request.now,
    endedAt: null,
    result: null,
    reply: null,
    transcript: null,
  }));
  const until = sql<number>`${leaseClock(engine, request.now)} + ${request.leaseMs}`;
  await connection
    .updateTable('message')
    .set({
      ...columnsAfter({ status: 'queued' }, 'claim'),
      lease,
      leaseUntil: until,
      attempts: sql<number>`attempts + 1`,
    })
    .where('id', 'in', ids)
    .execute();
  await connection.insertInto('attempt').values(attempts).execute();
  await debit(connection, request, rows.length);
  const documents = await documentsOf(connection, ids);
  const under = { ...columnsOf(preparing), phase: 'preparing', status: 'sending', kind: null } as const;
  return rows.map((row, at) => ({
    message: { ...messageOf({ ...row, ingredients: ingredients.get(row.id) ?? null }), ...under },
    documents: documents.get(row.id) ?? [],
    attemptId: attempts[at]!.id,
    lease,
    hour: hourOf(request.now),
  }));
}

/** W3 and W4: what every message costs. */
const hotStatements = (engine: Engine) => ({
  commit: compileOnce((connection, id: string, lease: string) =>
    connection
      .updateTable('message')
      .set(columnsAfter(preparing, 'commit'))
      .where('id', '=', id)
      .where('lease', '=', lease)
      .where('status', '=', sql.lit('sending'))
      .where('phase', '=', 'preparing')
      // On SQLite nobody else works: there a lease can not be lost by time, and a clock that jumps does no harm.
      .$if(engine === 'postgres', (query) => query.where('leaseUntil', '>', leaseClock(engine, 0))),
  ),
  settleMessage: compileOnce(
    (
      connection,
      id: string,
      lease: string,
      ...[status, phase, kind, tries, dueAt, priority, reason, detail, lastReply, releasedAt]: [
        status: MessageTable['status'],
        phase: MessageTable['phase'],
        kind: MessageTable['kind'],
        tries: number,
        dueAt: number | null,
        priority: number,
        reason: string | null,
        detail: string | null,
        lastReply: string | null,
        releasedAt: number | null,
      ]
    ) =>
      connection
        .updateTable('message')
        .set({ status, phase, kind, tries, dueAt, priority, reason, detail, lastReply, lease: null, leaseUntil: null })
        // The cast tells PostgreSQL what an empty parameter would be.
        .set({ releasedAt: sql`coalesce(cast(${releasedAt} as bigint), released_at)` })
        .where('id', '=', id)
        .where('lease', '=', lease),
  ),
  settleAttempt: compileOnce(
    (
      connection,
      id: string,
      ...[phase, endedAt, result, reply, transcript]: [
        phase: AttemptTable['phase'],
        endedAt: number,
        result: string,
        reply: string | null,
        transcript: string,
      ]
    ) => connection.updateTable('attempt').set({ phase, endedAt, result, reply, transcript }).where('id', '=', id),
  ),
});

type HotStatements = ReturnType<typeof hotStatements>;

/** W3. @throws OBX019 when the lease is gone; then the final dot must not be sent */
async function commit(connection: Connection, hot: HotStatements, claimed: Claimed): Promise<void> {
  const { id } = claimed.message;
  if ((await hot.commit(connection, id, claimed.lease)) === 0n) throw new OutboxError('OBX019', { id });
}

async function credit(connection: Connection, { message: { transport }, hour }: Claimed): Promise<void> {
  await connection
    .updateTable('rateBucket')
    .set({ count: sql`count - 1` })
    .where('transport', '=', transport)
    .where('hour', '=', hour)
    .where('count', '>', 0)
    .execute();
}

async function settle(
  connection: Connection,
  hot: HotStatements,
  claimed: Claimed,
  from: Sending,
  end: Settlement,
): Promise<boolean> {
  const { id } = claimed.message;
  const { status, phase, kind } = columnsAfter(from, end.trigger);
  const isAccepted = end.trigger === 'accept';
  const reply = written(end.reply);
  const { tries, priority: before } = claimed.message;
  const priority = end.trigger === 'put-back' && end.tries > tries ? priorityPutOff(before) : before;
  const standing = [status, phase, kind, end.tries, end.dueAt, priority, end.reason] as const;
  const words = [isAccepted ? null : end.text, reply, isAccepted ? end.at : null] as const;
  const changed = await hot.settleMessage(connection, id, claimed.lease, ...standing, ...words);
  await hot.settleAttempt(connection, claimed.attemptId, from.phase, end.at, end.result, reply, end.transcript);
  if (end.credit) await credit(connection, claimed);
  if (changed === 0n) return settleLate(connection, claimed, end);
  await appendEvents(connection, [
    { subject: 'message', subjectId: id, at: end.at, what: end.trigger, by: end.by, text: end.text },
  ]);
  return true;
}

export const createQueue = (db: Database, engine: Engine, group: GroupCommit, hot = hotStatements(engine)) => ({
  /** W2: takes what is due, with an attempt row each. */
  claim: (request: ClaimRequest): Promise<Claimed[]> => group.run((connection) => claim(connection, engine, request)),

  commit: (claimed: Claimed): Promise<void> => group.run((connection) => commit(connection, hot, claimed)),

  /**
   * W4. False when the lease was gone and a person or another worker had decided before us; the attempt keeps what we saw.
   * @param committed whether W3 was written
   */
  settle: (claimed: Claimed, committed: boolean, end: Settlement): Promise<boolean> =>
    group.run((connection) => settle(connection, hot, claimed, committed ? committing : preparing, end)),

  /** Keeps the leases of messages that a worker has in hand. What it has dropped, for whatever fault of ours, runs out. */
  async renew(ids: readonly string[], worker: string, now: number, leaseMs: number): Promise<void> {
    for (const portion of portionsOf(ids.map((id) => ({ id })))) {
      await db
        .updateTable('message')
        .set({ leaseUntil: sql<number>`${leaseClock(engine, now)} + ${leaseMs}` })
        .where('status', '=', sql.lit('sending'))
        .where('lease', 'like', `${worker}/%`)
        .where(
          'id',
          'in',
          portion.map(({ id }) => id),
        )
        .execute();
    }
  },

  /** When the next queued message of these transports is due; null when none waits. */
  async nextDueAt(transports: readonly string[]): Promise<number | null> {
    if (transports.length === 0) return null;
    const found = await db
      .selectFrom('message')
      .select((select) => select.fn.min('dueAt').as('dueAt'))
      .where('status', '=', sql.lit('queued'))
      .where('transport', 'in', [...transports])
      .executeTakeFirst();
    return found?.dueAt ?? null;
  },

  /** Messages debited in the last 24 hours, and up to an hour more: never fewer than the other side counts. */
  async usedToday(transport: string, now: number): Promise<number> {
    const found = await db
      .selectFrom('rateBucket')
      .select((select) => select.fn.sum<number | string | null>('count').as('count'))
      .where('transport', '=', transport)
      .where('hour', '>=', hourOf(now) - 24)
      // A clock that ran ahead has left buckets of days to come.
      .where('hour', '<=', hourOf(now))
      .executeTakeFirst();
    return Number(found?.count ?? 0);
  },
});
