// What moves now: the messages that are not done, by batch and transport, for whoever watches. Only what has an index of its own.
import { sql } from 'kysely';
import type { Status } from '../message/status.ts';
import type { Database } from './schema.ts';

/** Statuses in which a message waits, is under way or needs a person. */
const open = ['blocked', 'held', 'queued', 'sending', 'uncertain', 'failed'] as const satisfies Status[];
export type OpenStatus = (typeof open)[number];

export interface OpenCount {
  batchId: string | null;
  transport: string | null;
  status: OpenStatus;
  count: number;
}

const countOf = async (db: Database, status: OpenStatus): Promise<OpenCount[]> => {
  const rows = await db
    .selectFrom('message')
    .select(['batchId', 'transport', (select) => select.fn.countAll<number | string>().as('count')])
    .where('status', '=', sql.lit(status))
    .groupBy(['batchId', 'transport'])
    .execute();
  return rows.map((row) => ({ ...row, status, count: Number(row.count) }));
};

export const createPulse = (db: Database) => ({
  async open(): Promise<OpenCount[]> {
    const found: OpenCount[] = [];
    for (const status of open) found.push(...(await countOf(db, status)));
    return found;
  },

  /** When the message that waits longest was due, epoch ms; null when none is due. */
  async oldestDue(now: number): Promise<number | null> {
    const found = await db
      .selectFrom('message')
      .select((select) => select.fn.min('dueAt').as('dueAt'))
      .where('status', '=', sql.lit('queued'))
      .where('dueAt', '<=', now)
      .executeTakeFirst();
    return found?.dueAt ?? null;
  },
});
