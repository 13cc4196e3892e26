// The one place where settings are read from the environment of the process.
import { OutboxError } from '../message/errors.ts';

export interface Environment {
  /** The data folder. */
  data: string;
  /** postgres://...; null: SQLite in the data folder. */
  database: string | null;
  /** Name of the place where the installation lives, where machine and folder say nothing; null: they say it. */
  place: string | null;
  /** The place at which the program ends itself, for crash tests; null in daily work. */
  failpoint: string | null;
}

const given = (name: string): string | null => {
  const value = process.env[name];
  return value === undefined || value === '' ? null : value;
};

/** What the environment says of data folder and database. An empty variable counts as not set. */
export const readEnvironment = (): Environment => ({
  data: given('OUTBOX_DATA') ?? './outbox-data',
  database: given('OUTBOX_DATABASE'),
  place: given('OUTBOX_PLACE'),
  failpoint: given('OUTBOX_FAILPOINT'),
});

/**
 * A secret that is given as a variable of the environment.
 * @throws OutboxError OBX004 where it is not set or empty
 */
export function readSecretVariable(variable: string, name: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new OutboxError('OBX004', { name, detail: `the variable ${variable} is not set` });
  if (value === '') throw new OutboxError('OBX004', { name, detail: `the variable ${variable} is empty` });
  return value;
}
