// One PostgreSQL for all scenarios that need one, started by the first of them.
import pg from 'pg';
import { startPostgres } from '../support/postgres.ts';
import type { Installed } from './scene.ts';

let server: ReturnType<typeof startPostgres> | null = null;

const started = (): ReturnType<typeof startPostgres> => (server ??= startPostgres());

export const noPostgres = async (): Promise<string | null> =>
  (await started()) ? null : 'PostgreSQL is not installed here.';

/** The environment of an installation on an empty database. */
export async function newDatabase(): Promise<Record<string, string>> {
  return { OUTBOX_DATABASE: await (await started())!.newDatabase() };
}

export const stopPostgres = async (): Promise<void> => (await server)?.stop();

export async function onDatabase({ location }: Installed, statement: string): Promise<void> {
  const client = new pg.Client(location);
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** As if the time of every lease were over: what a test need not wait for. */
export const endLeases = (installed: Installed): Promise<void> =>
  onDatabase(installed, 'update message set lease_until = 1 where lease_until is not null');
