// What is due next for a transport, in the order of its priorities, by the index alone however much waits.
import { sql } from 'kysely';
import { isPutOff, type Order } from '../message/priority.ts';
import type { Engine } from './database.ts';
import type { Connection, MessageContentTable, MessageTable } from './schema.ts';
import type { Statements } from './statements.ts';

export interface DueRequest {
  transport: string;
  most: number;
  now: number;
  /** The most urgent first when it is left out. */
  order?: Order;
}

/** What is taken of one priority. */
interface Portion {
  transport: string;
  priority: number;
  now: number;
  most: number;
}

export type DueRow = MessageTable & Pick<MessageContentTable, 'ingredients'>;

/** The status is written out, not bound: only then does SQLite see that its partial index applies. */
const queued = sql.lit('queued');

const statementsOf = (statements: Statements, engine: Engine) => ({
  priorityAfter: statements.read((connection, { transport, priority }: { transport: string; priority: number }) =>
    connection
      .selectFrom('message')
      .select('priority')
      .where('status', '=', queued)
      .where('transport', '=', transport)
      .where('priority', '>', priority)
      .orderBy('priority')
      .limit(1),
  ),
  /** What is due of one priority, longest first. Those that are not due yet lie behind it in the index, and are not looked at. */
  due: statements.read((connection, { transport, priority, now, most }: Portion) =>
    connection
      .selectFrom('message')
      .innerJoin('messageContent', 'messageContent.messageId', 'message.id')
      .selectAll('message')
      .select('messageContent.ingredients')
      .where('status', '=', queued)
      .where('transport', '=', transport)
      .where('priority', '=', priority)
      .where('dueAt', '<=', now)
      .orderBy('dueAt')
      .orderBy('id')
      .limit(most)
      .$if(engine === 'postgres', (query) => query.forUpdate('message').skipLocked()),
  ),
});

/** @returns the messages of a claim, of sealed batches only (drafts have no queued messages) */
export function dueMessages(
  statements: Statements,
  engine: Engine,
): (connection: Connection, request: DueRequest) => Promise<DueRow[]> {
  const { priorityAfter, due } = statementsOf(statements, engine);

  /** The priorities of what waits, lowest first, each by one step through the index: there are a handful, however many wait. */
  const prioritiesOf = async (connection: Connection, transport: string): Promise<number[]> => {
    const found: number[] = [];
    for (;;) {
      const [next] = await priorityAfter(connection, { transport, priority: found.at(-1) ?? -1 });
      if (!next) return found;
      found.push(next.priority);
    }
  };

  return async (connection, { transport, now, most, order = 'urgent' }) => {
    const ascending = await prioritiesOf(connection, transport);
    const priorities =
      order === 'put-off' ? [...ascending.filter(isPutOff), ...ascending.filter((one) => !isPutOff(one))] : ascending;
    const rows: DueRow[] = [];
    for (const priority of priorities) {
      const left = order === 'longest' ? most : most - rows.length;
      if (left <= 0) break;
      rows.push(...(await due(connection, { transport, priority, now, most: left })));
    }
    if (order !== 'longest') return rows;
    return rows.toSorted((a, b) => a.dueAt! - b.dueAt! || (a.id < b.id ? -1 : 1)).slice(0, most);
  };
}
