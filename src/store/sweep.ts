// What a dead worker left under way: before the commit point back to the queue, after it uncertain. Never sent again by itself.
import { sql } from 'kysely';
import type { Engine } from './database.ts';
import { appendEvents } from './events.ts';
import type { Connection, Database } from './schema.ts';
import { columnsAfter } from './transition.ts';

export interface Swept {
  putBack: number;
  uncertain: number;
}

interface Left {
  id: string;
  phase: string | null;
}

const texts = {
  'put-back': 'The worker died before anything was handed over: it is provably unsent and waits again.',
  'lose-sight': 'The worker died while the message was handed over: it may have arrived.',
};

async function settleLeft(connection: Connection, left: Left, now: number): Promise<'put-back' | 'lose-sight'> {
  const phase = left.phase === 'committing' ? 'committing' : 'preparing';
  const trigger = phase === 'committing' ? 'lose-sight' : 'put-back';
  await connection
    .updateTable('message')
    .set({
      ...columnsAfter({ status: 'sending', phase }, trigger),
      lease: null,
      leaseUntil: null,
      deaths: sql<number>`deaths + 1`,
      ...(trigger === 'lose-sight' ? { reason: 'stopped', detail: null } : {}),
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
  return trigger;
}

/** On SQLite the caller holds the one worker lock, so whatever is `sending` belongs to the dead; on PostgreSQL the lease decides. */
export const createSweep =
  (db: Database, engine: Engine) =>
  (now: number): Promise<Swept> =>
    db.transaction().execute(async (connection) => {
      const left = await connection
        .selectFrom('message')
        .select(['id', 'phase'])
        .where('status', '=', sql.lit('sending'))
        .$if(engine === 'postgres', (query) =>
          query
            .where('leaseUntil', '<', sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`)
            .forUpdate()
            .skipLocked(),
        )
        .execute();
      const swept: Swept = { putBack: 0, uncertain: 0 };
      for (const one of left) {
        if ((await settleLeft(connection, one, now)) === 'put-back') swept.putBack++;
        else swept.uncertain++;
      }
      return swept;
    });
