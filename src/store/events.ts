// Histories: append-only lines of what happened to a message, batch, setting, customer.
import type { Event, Subject } from '../message/message.ts';
import { newId } from './id.ts';
import { eventOf, portionsOf, written } from './rows.ts';
import type { Connection, Database, EventTable } from './schema.ts';

export type NewEvent = Omit<Event, 'id' | 'evidence'> & {
  /** Made here when it is left out. */
  id?: string;
  evidence?: Record<string, unknown> | null;
  /** The same evidence (a report's id) is written once, however often it comes. */
  evidenceKey?: string;
};

const rowOf = ({ evidence, evidenceKey, ...event }: NewEvent): EventTable => ({
  ...event,
  id: event.id ?? newId(event.at),
  evidence: written(evidence),
  evidenceKey: evidenceKey ?? null,
});

/** Writes lines; one whose evidence is known already is left out. */
export async function appendEvents(connection: Connection, events: readonly NewEvent[]): Promise<void> {
  for (const rows of portionsOf(events.map(rowOf))) {
    await connection
      .insertInto('event')
      .values(rows)
      .onConflict((conflict) => conflict.column('evidenceKey').doNothing())
      .execute();
  }
}

export const createEvents = (db: Database) => ({
  append: (event: NewEvent): Promise<void> =>
    db.transaction().execute((connection) => appendEvents(connection, [event])),

  /** Oldest first. */
  async of(subject: Subject, subjectId: string): Promise<Event[]> {
    const found = db.selectFrom('event').selectAll().where('subject', '=', subject).where('subjectId', '=', subjectId);
    return (await found.orderBy('id').execute()).map(eventOf);
  },
});
