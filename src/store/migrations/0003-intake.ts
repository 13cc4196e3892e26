// What was sent again is found from its origin; the ledger of the hot folder says what is not put away yet.
import { sql } from 'kysely';
import type { Connection } from '../schema.ts';
import type { Migration } from './migrate.ts';

const statements = [
  `create index message_resend_of on message (resend_of) where resend_of is not null`,
  `alter table hot_folder_file add column put_away_at bigint`,
  `update hot_folder_file set put_away_at = at`,
];

export const intake: Migration = {
  number: 3,
  name: 'intake',
  async up(db: Connection) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
