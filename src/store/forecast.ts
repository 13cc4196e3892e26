// What a forecast needs: what waits, what of the allowance is used, how fast it went lately, and what is late.
import { sql } from 'kysely';
import { lateMs } from '../message/late.ts';
import type { Database } from './schema.ts';

/** What waits for one transport. */
export interface Waiting {
  transport: string;
  /** Queued or under way; of a batch: with all that goes before its last message. */
  count: number;
  /** When the last of them is due, epoch ms; null when all are under way. */
  lastDueAt: number | null;
}

interface Late {
  count: number;
  /** When the oldest was queued, epoch ms; null when there is none. */
  since: number | null;
}

const hourMs = 3_600_000;
/** Speed is measured over so long a time. */
const lookBackMs = 2 * 60_000;

const waitingIn = (db: Database, status: 'queued' | 'sending', batch: string | null) =>
  db
    .selectFrom('message')
    .select([
      'transport',
      (select) => select.fn.countAll<number | string>().as('count'),
      (select) => select.fn.max('dueAt').as('lastDueAt'),
      (select) => select.fn.max('priority').as('priority'),
    ])
    .where('status', '=', sql.lit(status))
    .where('transport', 'is not', null)
    .$if(batch !== null, (query) => query.where('batchId', '=', batch))
    .groupBy('transport')
    .execute();

/** The messages of a batch wait behind all that are as urgent as its last one. */
async function before(db: Database, transport: string, priority: number): Promise<number> {
  const found = await db
    .selectFrom('message')
    .select((select) => select.fn.countAll<number | string>().as('count'))
    .where('status', '=', sql.lit('queued'))
    .where('transport', '=', transport)
    .where('priority', '<=', priority)
    .executeTakeFirst();
  return Number(found?.count ?? 0);
}

export const createForecast = (db: Database) => ({
  /** @param batch null: of everything */
  async waiting(batch: string | null): Promise<Waiting[]> {
    const queued = await waitingIn(db, 'queued', batch);
    const sending = await waitingIn(db, 'sending', batch);
    const found = new Map<string, Waiting>();
    for (const { transport, count, lastDueAt, priority } of queued) {
      const all = batch === null ? Number(count) : await before(db, transport!, priority);
      found.set(transport!, { transport: transport!, count: all, lastDueAt });
    }
    for (const { transport, count } of sending) {
      const known = found.get(transport!) ?? { transport: transport!, count: 0, lastDueAt: null };
      found.set(transport!, { ...known, count: known.count + Number(count) });
    }
    return [...found.values()];
  },

  /** Messages debited, by the hour since the epoch, of the rolling day. */
  async usedByHour(transport: string, now: number): Promise<Map<number, number>> {
    const hour = Math.floor(now / hourMs);
    const rows = await db
      .selectFrom('rateBucket')
      .select(['hour', 'count'])
      .where('transport', '=', transport)
      .where('hour', '>=', hour - 24)
      .where('hour', '<=', hour)
      .execute();
    return new Map(rows.map((row) => [row.hour, row.count]));
  },

  /** Messages a minute that were tried in the last two minutes; null when none was. */
  async perMinute(transport: string, now: number): Promise<number | null> {
    const found = await db
      .selectFrom('attempt')
      .select([
        (select) => select.fn.countAll<number | string>().as('count'),
        (select) => select.fn.min('startedAt').as('first'),
      ])
      .where('startedAt', '>=', now - lookBackMs)
      .where('transport', '=', transport)
      .where('result', 'is not', null)
      .executeTakeFirst();
    const count = Number(found?.count ?? 0);
    if (count === 0) return null;
    return (count * 60_000) / Math.max(1_000, now - (found?.first ?? now));
  },

  /** Messages that are tried again and again for more than four hours (message/late.ts). */
  async late(batch: string | null, now: number): Promise<Late> {
    const found = await db
      .selectFrom('message')
      .select([
        (select) => select.fn.countAll<number | string>().as('count'),
        (select) => select.fn.min('queuedAt').as('since'),
      ])
      .where('status', '=', sql.lit('queued'))
      .where('tries', '>', 0)
      .where(sql<number>`coalesce(queued_at, created_at)`, '<', now - lateMs)
      .$if(batch !== null, (query) => query.where('batchId', '=', batch))
      .executeTakeFirst();
    return { count: Number(found?.count ?? 0), since: found?.since ?? null };
  },
});
