// The only way a status changes in the tables: the status machine says where to, a conditional update makes it so.
import { after, type Standing, type Trigger } from '../message/status.ts';
import type { Message } from '../message/message.ts';
import { appendEvents, type NewEvent } from './events.ts';
import type { Connection, MessageTable } from './schema.ts';

export type StandingColumns = Pick<MessageTable, 'status' | 'phase' | 'kind'>;

export const columnsOf = (standing: Standing): StandingColumns => ({
  status: standing.status,
  phase: standing.status === 'sending' ? standing.phase : null,
  kind: standing.status === 'failed' ? standing.kind : null,
});

export const standingOf = (row: StandingColumns): Standing =>
  ({ status: row.status, phase: row.phase, kind: row.kind }) as Standing;

/** Columns of the standing after `trigger`. @throws when the machine forbids it: a bug of the caller */
export function columnsAfter(from: Standing, trigger: Trigger): StandingColumns {
  const to = after(from, trigger);
  if (!to) throw new Error(`${from.status} has no way out by ${trigger}`);
  return columnsOf(to);
}

export interface Move {
  id: string;
  trigger: Trigger;
  at: number;
  by: string;
  text: string;
  /** More columns that change with the status. */
  change?: Partial<MessageTable>;
  evidence?: Record<string, unknown>;
  evidenceKey?: string;
}

const eventOf = (move: Move): NewEvent => ({
  subject: 'message',
  subjectId: move.id,
  at: move.at,
  what: move.trigger,
  by: move.by,
  text: move.text,
  evidence: move.evidence ?? null,
  ...(move.evidenceKey === undefined ? {} : { evidenceKey: move.evidenceKey }),
});

/** Leaving `sending` ends the lease, and the attempt under it. */
const leaseGone = { lease: null, leaseUntil: null };

async function endAttempts(connection: Connection, { id, at }: Move): Promise<void> {
  await connection
    .updateTable('attempt')
    .set({ endedAt: at, result: 'interrupted' })
    .where('messageId', '=', id)
    .where('endedAt', 'is', null)
    .execute();
}

/**
 * Moves one message if its machine allows it, whatever its standing is now, and writes the line of its history.
 * @returns the status before and whether it moved; null when there is no such message
 */
export async function move(
  connection: Connection,
  wanted: Move,
): Promise<{ before: Message['status']; moved: boolean } | null> {
  const row = await connection
    .selectFrom('message')
    .select(['status', 'phase', 'kind'])
    .where('id', '=', wanted.id)
    .executeTakeFirst();
  if (!row) return null;
  const before = row.status as Message['status'];
  const to = after(standingOf(row), wanted.trigger);
  if (!to) return { before, moved: false };
  const result = await connection
    .updateTable('message')
    .set({ ...(before === 'sending' ? leaseGone : {}), ...wanted.change, ...columnsOf(to) })
    .where('id', '=', wanted.id)
    .where('status', '=', row.status)
    .where('phase', row.phase === null ? 'is' : '=', row.phase)
    .executeTakeFirst();
  // Somebody else was quicker: between two workers on PostgreSQL the condition decides.
  if (result.numUpdatedRows === 0n) return { before, moved: false };
  if (before === 'sending') await endAttempts(connection, wanted);
  await appendEvents(connection, [eventOf(wanted)]);
  return { before, moved: true };
}
