// Where a group of writes leaves its mark, so that it can be found out whether it was written (commit-mark.ts).
import { sql } from 'kysely';
import type { Connection } from '../schema.ts';
import type { Migration } from './migrate.ts';

export const commitMark: Migration = {
  number: 2,
  name: 'commit mark',
  async up(db: Connection) {
    await sql`create table commit_mark (id text primary key, number bigint not null, at bigint not null)`.execute(db);
  },
};
