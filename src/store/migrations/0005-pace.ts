// A transport that was told to go slower remembers it, and a person may pause one.
import { sql } from 'kysely';
import type { Connection } from '../schema.ts';
import type { Migration } from './migrate.ts';

const columns = [
  'rate double precision',
  'lines integer',
  'slowed_at bigint',
  'slowed_text text',
  'paused_at bigint',
  'paused_by text',
  'paused_reason text',
];

export const pace: Migration = {
  number: 5,
  name: 'pace',
  async up(db: Connection) {
    for (const column of columns) await sql.raw(`alter table transport add column ${column}`).execute(db);
  },
};
