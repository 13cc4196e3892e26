// Histories: append-only lines of what happened to a message, batch, setting, customer.
import type { Event, Subject } from '../message/message.ts';
import { newId } from './id.ts';
import { insertMany } from './insert-many.ts';
import { eventOf, written } from './rows.ts';
import type { Connection, Database, EventTable } from './schema.ts';

export type NewEvent = Omit<Event, 'id' | 'evidence'> & {
  evidence?: Record<string, unknown> | null;
  /** The same evidence (a report's id) is written once, however often it comes. */
  evidenceKey?: string;
};

const rowOf = ({ subject, subjectId, at, what, by, text, evidence, evidenceKey }: NewEvent): EventTable => ({
  id: newId(at),
  subject,
  subjectId,
  at,
  what,
  by,
  text,
  evidence: written(evidence),
  evidenceKey: evidenceKey ?? null,
});

const insertEvents = insertMany<EventTable>((connection, row) =>
  connection
    .insertInto('event')
    .values(row)
    .onConflict((conflict) => conflict.column('evidenceKey').where('evidenceKey', 'is not', null).doNothing()),
);

/** Writes lines; one whose evidence is known already is left out. */
export const appendEvents = (connection: Connection, events: readonly NewEvent[]): Promise<void> =>
  insertEvents(connection, events, rowOf);

export const createEvents = (db: Database) => ({
  append: (event: NewEvent): Promise<void> =>
    db.transaction().execute((connection) => appendEvents(connection, [event])),

  /** Oldest first. */
  async of(subject: Subject, subjectId: string): Promise<Event[]> {
    const found = db.selectFrom('event').selectAll().where('subject', '=', subject).where('subjectId', '=', subjectId);
    return (await found.orderBy('id').execute()).map(eventOf);
  },

  /** Newest first, of whatever is of this kind. @param before id of a line: only those written before it */
  async latest(subject: Subject, most: number, before: string | null = null): Promise<Event[]> {
    const found = db
      .selectFrom('event')
      .selectAll()
      .where('subject', '=', subject)
      .$if(before !== null, (query) => query.where('id', '<', before!));
    return (await found.orderBy('id', 'desc').limit(most).execute()).map(eventOf);
  },
});
