// What a dead worker left under way: before the commit point back to the queue, after it uncertain. Never sent again by itself.
import { sql } from 'kysely';
import type { Engine } from './database.ts';
import { appendEvents } from './events.ts';
import type { Connection, Database } from './schema.ts';
import { columnsAfter } from './transition.ts';

export interface Swept {
  putBack: number;
  uncertain: number;
  /** Held, because the program died again with this message alone under way. */
  poison: number;
}

interface Left {
  id: string;
  phase: string | null;
  deaths: number;
}

type End = 'put-back' | 'lose-sight' | 'hold';

const texts: Record<End, string> = {
  'put-back': 'The worker died before anything was handed over: it is provably unsent and waits again.',
  'lose-sight': 'The worker died while the message was handed over: it may have arrived.',
  hold: 'The worker died again with this message alone under way. It is provably unsent.',
};

const reasons: Record<End, { reason: string; detail: null } | undefined> = {
  'put-back': undefined,
  'lose-sight': { reason: 'stopped', detail: null },
  hold: { reason: 'poison', detail: null },
};

/** Two deaths of the program over one message alone are no chance (a restarted worker begins with one message at a time). */
const mostDeaths = 2;

function endOf({ phase, deaths }: Left, isAlone: boolean): End {
  if (phase === 'committing') return 'lose-sight';
  return isAlone && deaths + 1 >= mostDeaths ? 'hold' : 'put-back';
}

async function settleLeft(connection: Connection, left: Left, trigger: End, now: number): Promise<void> {
  const phase = left.phase === 'committing' ? 'committing' : 'preparing';
  await connection
    .updateTable('message')
    .set({
      ...columnsAfter({ status: 'sending', phase }, trigger),
      lease: null,
      leaseUntil: null,
      deaths: sql<number>`deaths + 1`,
      ...reasons[trigger],
    })
    .where('id', '=', left.id)
    .execute();
  await connection
    .updateTable('attempt')
    .set({ phase, endedAt: now, result: trigger === 'lose-sight' ? 'uncertain' : 'interrupted' })
    .where('messageId', '=', left.id)
    .where('endedAt', 'is', null)
    .execute();
  await appendEvents(connection, [
    { subject: 'message', subjectId: left.id, at: now, what: trigger, by: 'sweep', text: texts[trigger] },
  ]);
}

const counted: Record<End, keyof Swept> = { 'put-back': 'putBack', 'lose-sight': 'uncertain', hold: 'poison' };

/** On SQLite the caller holds the one worker lock, so whatever is `sending` belongs to the dead; on PostgreSQL the lease decides. */
export const createSweep =
  (db: Database, engine: Engine) =>
  (now: number): Promise<Swept> =>
    db.transaction().execute(async (connection) => {
      const left = await connection
        .selectFrom('message')
        .select(['id', 'phase', 'deaths'])
        .where('status', '=', sql.lit('sending'))
        .$if(engine === 'postgres', (query) =>
          query
            .where('leaseUntil', '<', sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`)
            .forUpdate()
            .skipLocked(),
        )
        .execute();
      const swept: Swept = { putBack: 0, uncertain: 0, poison: 0 };
      for (const one of left) {
        const end = endOf(one, left.length === 1);
        await settleLeft(connection, one, end, now);
        swept[counted[end]]++;
      }
      return swept;
    });
