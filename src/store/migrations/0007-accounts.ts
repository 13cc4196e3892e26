// Who may sign in: accounts, their sessions, keys of programs, and the tries that failed. Roles stand in the settings (users).
import { sql } from 'kysely';
import type { Connection } from '../schema.ts';
import type { Migration } from './migrate.ts';

const statements = [
  `create table account (id text primary key, name text not null unique, password text not null, created_at bigint not null,
     created_by text not null, password_at bigint not null, disabled_at bigint)`,
  // Only what the token hashes to: who reads the database can not sign in with it.
  `create table session (hash text primary key, account_id text not null references account (id), address text not null,
     agent text not null, begun_at bigint not null, seen_at bigint not null, expires_at bigint not null)`,
  `create index session_account on session (account_id)`,
  `create table api_key (id text primary key, name text not null, hash text not null unique, role text not null,
     any_address integer not null, created_at bigint not null, created_by text not null, used_at bigint, revoked_at bigint)`,
  `create table login_try (subject text primary key, failures integer not null, last_at bigint not null)`,
];

export const accounts: Migration = {
  number: 7,
  name: 'accounts',
  async up(db: Connection) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
