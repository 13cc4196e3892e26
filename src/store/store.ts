// The store: opens everything that lasts and gives it to the rest of the program, room by room.
import { createAccounts } from './accounts.ts';
import { createApiKeys } from './api-keys.ts';
import { createChanges } from './changes.ts';
import { createCommitMarks } from './commit-mark.ts';
import { createCustomers } from './customers.ts';
import { openDatabase } from './database.ts';
import { createEvents } from './events.ts';
import { createForecast } from './forecast.ts';
import { createGroupCommit } from './group-commit.ts';
import { createHotFolderFiles } from './hot-folder-files.ts';
import { createInstallation } from './installation.ts';
import { createLoginTries } from './login-tries.ts';
import { createMessages } from './messages.ts';
import type { OnTrouble } from './patience.ts';
import { createPulse } from './pulse.ts';
import { createQueue } from './queue.ts';
import { createRepeatOnce } from './repeat-once.ts';
import { createSessions } from './sessions.ts';
import { createSettings } from './settings.ts';
import { createStatements } from './statements.ts';
import { createSuppressions } from './suppressions.ts';
import { createSweep } from './sweep.ts';
import { createTakeIn } from './take-in.ts';
import { createTransports } from './transports.ts';
import { createWorkers } from './workers.ts';

/** How long a change by a person waits for a database server that is away. */
const changePatienceMs = 20_000;

export interface StoreOptions {
  /** Told when the queue can not be written (the database is away, full or locked) and waits, and with null when it goes on. */
  onTrouble?: OnTrouble;
}

/**
 * @param location path of a SQLite file, or postgres://…
 * @throws OBX007, OBX008
 */
export async function openStore(location: string, { onTrouble = () => {} }: StoreOptions = {}) {
  const { db, engine, direct } = await openDatabase(location);
  const marked = () => (engine === 'postgres' ? { marks: createCommitMarks(db) } : {});
  const group = createGroupCommit(db, { ...marked(), onTrouble });
  /** A person waits for these. */
  const changeGroup = createGroupCommit(db, { ...marked(), patienceMs: changePatienceMs });
  return {
    engine,
    installation: createInstallation(db, engine),
    settings: createSettings(db),
    customers: createCustomers(db),
    takeIn: createTakeIn(db, group),
    queue: createQueue({ db, engine, group, statements: createStatements(direct) }),
    sweep: createSweep(db, engine),
    repeatOnce: createRepeatOnce(db),
    messages: createMessages(db),
    changes: createChanges(db, changeGroup),
    events: createEvents(db),
    forecast: createForecast(db),
    transports: createTransports(db),
    suppressions: createSuppressions(db),
    accounts: createAccounts(db),
    sessions: createSessions(db),
    apiKeys: createApiKeys(db),
    loginTries: createLoginTries(db),
    pulse: createPulse(db),
    workers: createWorkers(db, engine === 'sqlite' ? `${location}.lock` : null),
    hotFolderFiles: createHotFolderFiles(db),
    /** Waits for writes under way, then closes. */
    async close(): Promise<void> {
      await Promise.all([group.drain(), changeGroup.drain()]);
      await db.destroy();
    },
  };
}

export type Store = Awaited<ReturnType<typeof openStore>>;
