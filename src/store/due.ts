// What is due next for a transport, in the order of its priorities, by the index alone however much waits.
import { sql } from 'kysely';
import { isPutOff, type Order } from '../message/priority.ts';
import type { Engine } from './database.ts';
import type { Connection, MessageTable } from './schema.ts';

interface DueRequest {
  transport: string;
  most: number;
  now: number;
  /** The most urgent first when it is left out. */
  order?: Order;
}

/**
 * The priorities of what waits, lowest first, each found by one step through the index: there are a handful, however many wait.
 * The status is written out, not bound: only then does SQLite see that its partial index applies.
 */
async function prioritiesOf(connection: Connection, transport: string): Promise<number[]> {
  const found: number[] = [];
  for (;;) {
    const next = await connection
      .selectFrom('message')
      .select('priority')
      .where('status', '=', sql.lit('queued'))
      .where('transport', '=', transport)
      .where('priority', '>', found.at(-1) ?? -1)
      .orderBy('priority')
      .limit(1)
      .executeTakeFirst();
    if (!next) return found;
    found.push(next.priority);
  }
}

/** What is due of one priority, longest first. Those that are not due yet lie behind it in the index, and are not looked at. */
const dueOf = (
  connection: Connection,
  engine: Engine,
  { transport, now }: DueRequest,
  priority: number,
  most: number,
): Promise<MessageTable[]> =>
  connection
    .selectFrom('message')
    .selectAll()
    .where('status', '=', sql.lit('queued'))
    .where('transport', '=', transport)
    .where('priority', '=', priority)
    .where('dueAt', '<=', now)
    .orderBy('dueAt')
    .orderBy('id')
    .limit(most)
    .$if(engine === 'postgres', (query) => query.forUpdate().skipLocked())
    .execute();

/** The messages of a claim, of sealed batches only (drafts have no queued messages). */
export async function dueRows(connection: Connection, engine: Engine, request: DueRequest): Promise<MessageTable[]> {
  const { order = 'urgent', most } = request;
  const ascending = await prioritiesOf(connection, request.transport);
  const priorities =
    order === 'put-off' ? [...ascending.filter(isPutOff), ...ascending.filter((one) => !isPutOff(one))] : ascending;
  const rows: MessageTable[] = [];
  for (const priority of priorities) {
    const left = order === 'longest' ? most : most - rows.length;
    if (left <= 0) break;
    rows.push(...(await dueOf(connection, engine, request, priority, left)));
  }
  if (order !== 'longest') return rows;
  return rows.toSorted((a, b) => a.dueAt! - b.dueAt! || (a.id < b.id ? -1 : 1)).slice(0, most);
}
