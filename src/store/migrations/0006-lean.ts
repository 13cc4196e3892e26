// Fewer trees to write for every message: attempts and events lie in the order in which they are read, and what nobody asks for has
// no index.
import { sql } from 'kysely';
import type { Engine } from '../database.ts';
import type { Connection } from '../schema.ts';
import type { Migration } from './migrate.ts';

/** SQLite changes no primary key: the table is made anew. */
function remade(table: string, columns: string, primaryKey: string): string[] {
  const names = columns
    .split(',')
    .map((column) => column.trim().split(' ')[0])
    .join(', ');
  return [
    `create table lean (${columns}, primary key (${primaryKey})) without rowid`,
    `insert into lean (${names}) select ${names} from ${table}`,
    `drop table ${table}`,
    `alter table lean rename to ${table}`,
  ];
}

const statements: Record<Engine, string[]> = {
  sqlite: [
    ...remade(
      'attempt',
      `id text not null, message_id text not null references message (id), number integer not null, transport text not null,
       worker text not null, phase text not null, started_at bigint not null, ended_at bigint, result text, reply text,
       transcript text`,
      'message_id, number',
    ),
    ...remade(
      'event',
      `id text not null, subject text not null, subject_id text not null, at bigint not null, what text not null,
       "by" text not null, text text not null, evidence text, evidence_key text`,
      'subject, subject_id, id',
    ),
    ...remade(
      'message_document',
      `message_id text not null references message (id), document_id text not null references document (id),
       position integer not null`,
      'message_id, document_id',
    ),
    `create index message_document_document on message_document (document_id)`,
    ...remade(
      'message_key',
      `"key" text not null, message_id text not null references message (id), digest text not null`,
      '"key"',
    ),
  ],
  postgres: [
    `alter table attempt drop constraint attempt_pkey, drop constraint attempt_message_id_number_key,
       add primary key (message_id, number)`,
    `alter table event drop constraint event_pkey, drop constraint event_evidence_key_key,
       add primary key (subject, subject_id, id)`,
    `drop index event_subject`,
  ],
};

const both = [
  // The pace of the last minutes is read by it.
  `create index attempt_started on attempt (started_at)`,
  `create unique index event_evidence on event (evidence_key) where evidence_key is not null`,
  // The envelope id is the beginning of the Message-ID, which has an index.
  `drop index message_envid`,
];

export const lean: Migration = {
  number: 6,
  name: 'lean',
  async up(db: Connection, engine: Engine) {
    for (const statement of [...statements[engine], ...both]) await sql.raw(statement).execute(db);
  },
};
