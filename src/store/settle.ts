// W4: what came of an attempt, written with the status it leads to, while the lease holds.
import { sql } from 'kysely';
import type { AttemptResult, LastReply } from '../message/message.ts';
import { priorityPutOff } from '../message/priority.ts';
import type { Reason } from '../message/reasons.ts';
import type { Phase, Trigger } from '../message/status.ts';
import type { Claimed } from './claim.ts';
import { newId } from './id.ts';
import { settleLate } from './late-answer.ts';
import { written } from './rows.ts';
import type { AttemptTable, Connection, EventTable, MessageTable } from './schema.ts';
import type { Statements } from './statements.ts';
import { columnsAfter } from './transition.ts';

/** How it ended. */
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

type MessageEnd = Pick<
  MessageTable,
  'status' | 'phase' | 'kind' | 'tries' | 'dueAt' | 'priority' | 'reason' | 'detail' | 'lastReply' | 'releasedAt'
> & { id: string; held: string };

type MessageEvent = Pick<EventTable, 'id' | 'subjectId' | 'at' | 'what' | 'by' | 'text'>;
type AttemptEnd = Pick<AttemptTable, 'messageId' | 'number' | 'phase' | 'endedAt' | 'result' | 'reply' | 'transcript'>;

const statementsOf = (statements: Statements) => ({
  message: statements.change((connection, end: MessageEnd) =>
    connection
      .updateTable('message')
      .set({ status: end.status, phase: end.phase, kind: end.kind, tries: end.tries, dueAt: end.dueAt })
      .set({ priority: end.priority, reason: end.reason, detail: end.detail, lastReply: end.lastReply })
      // The cast tells PostgreSQL what an empty parameter would be.
      .set({ releasedAt: sql`coalesce(cast(${end.releasedAt} as bigint), released_at)`, lease: null, leaseUntil: null })
      .where('id', '=', end.id)
      .where('lease', '=', end.held),
  ),
  attempt: statements.change(
    (connection, { messageId, number, phase, endedAt, result, reply, transcript }: AttemptEnd) =>
      connection
        .updateTable('attempt')
        .set({ phase, endedAt, result, reply, transcript })
        .where('messageId', '=', messageId)
        .where('number', '=', number),
  ),
  event: statements.change((connection, { id, subjectId, at, what, by, text }: MessageEvent) =>
    connection
      .insertInto('event')
      .values({ id, subject: 'message', subjectId, at, what, by, text, evidence: null, evidenceKey: null }),
  ),
  /** The allowance gets back what it was debited. */
  credit: statements.change((connection, { transport, hour }: { transport: string | null; hour: number }) =>
    connection
      .updateTable('rateBucket')
      .set({ count: sql`count - 1` })
      .where('transport', '=', transport)
      .where('hour', '=', hour)
      .where('count', '>', 0),
  ),
});

/** @returns false when the lease was gone and a person or another worker had decided before */
export type Settle = (connection: Connection, claimed: Claimed, from: Phase, end: Settlement) => Promise<boolean>;

const priorityAfter = ({ message: { tries, priority } }: Claimed, end: Settlement): number =>
  end.trigger === 'put-back' && end.tries > tries ? priorityPutOff(priority) : priority;

export function settles(statements: Statements): Settle {
  const { message, attempt, event, credit } = statementsOf(statements);
  return async (connection, claimed, phase, end) => {
    const { message: of, lease, hour } = claimed;
    const { id } = of;
    const { trigger, at, by, text, transcript, result, tries, dueAt, reason } = end;
    const isAccepted = trigger === 'accept';
    const reply = written(end.reply);
    const changed = await message(connection, {
      ...columnsAfter(
        {
          status: 'sending',
          phase,
        },
        trigger,
      ),
      id,
      held: lease,
      tries,
      dueAt,
      reason,
      lastReply: reply,
      priority: priorityAfter(claimed, end),
      detail: isAccepted ? null : text,
      releasedAt: isAccepted ? at : null,
    });
    await attempt(connection, {
      messageId: id,
      number: claimed.attempt,
      phase,
      endedAt: at,
      result,
      reply,
      transcript,
    });
    if (end.credit) await credit(connection, { transport: of.transport, hour });
    if (changed === 0) return settleLate(connection, claimed, end);
    await event(connection, { id: newId(at), subjectId: id, at, what: trigger, by, text });
    return true;
  };
}
