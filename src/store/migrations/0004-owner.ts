// A transport belongs to one worker at a time where several machines share a database.
import { sql } from 'kysely';
import type { Connection } from '../schema.ts';
import type { Migration } from './migrate.ts';

export const owner: Migration = {
  number: 4,
  name: 'owner',
  async up(db: Connection) {
    await sql`alter table transport add column owner text`.execute(db);
    await sql`alter table transport add column owner_until bigint`.execute(db);
  },
};
