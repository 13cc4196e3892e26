// A suite that runs on both databases: SQLite in a fresh file, and a real PostgreSQL with a fresh database, for every test.
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { openStore, type Store } from '../../src/store/store.ts';
import { startPostgres } from './postgres.ts';
import { temporaryFolder } from './temporary.ts';

/** A new place for a database. Null where its server is not installed: the test is skipped then. */
export type Locate = (t: TestContext) => Promise<string | null>;

/** To be called once in a file, at its top: the server lives as long as its tests. */
export function engines(): Record<'SQLite' | 'PostgreSQL', Locate> {
  let postgres: Awaited<ReturnType<typeof startPostgres>> = null;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres?.stop());
  return {
    SQLite: async (t) => join(await temporaryFolder(t), 'outbox.db'),
    PostgreSQL: async (t) => {
      if (!postgres) t.skip('PostgreSQL is not installed here');
      return postgres?.newDatabase() ?? null;
    },
  };
}

type On = (promise: string, run: (store: Store) => Promise<void>) => void;

/** Promises of the store, each on both databases with a store of its own. To be called once in a file, at its top. */
export function storesOn(promises: (on: On) => void): void {
  for (const [engine, locate] of Object.entries(engines())) {
    promises((promise, run) => {
      test(`on ${engine} ${promise}`, async (t) => {
        const location = await locate(t);
        if (location === null) return;
        const store = await openStore(location);
        t.after(() => store.close());
        await run(store);
      });
    });
  }
}
