// The store: opens everything that lasts and gives it to the rest of the program, room by room.
import { createChanges } from './changes.ts';
import { createCommitMarks } from './commit-mark.ts';
import { createCustomers } from './customers.ts';
import { openDatabase } from './database.ts';
import { createEvents } from './events.ts';
import { createForecast } from './forecast.ts';
import { createGroupCommit } from './group-commit.ts';
import { createHotFolderFiles } from './hot-folder-files.ts';
import { createInstallation } from './installation.ts';
import { createMessages } from './messages.ts';
import type { OnTrouble } from './patience.ts';
import { createQueue } from './queue.ts';
import { createRepeatOnce } from './repeat-once.ts';
import { createSettings } from './settings.ts';
import { createStatements } from './statements.ts';
import { createSteps } from './steps.ts';
import { createSuppressions } from './suppressions.ts';
import { createSweep } from './sweep.ts';
import { createTakeIn } from './take-in.ts';
import { stepsWhenBusy } from './thread/when-busy.ts';
import { createTransports } from './transports.ts';
import { createWorkers } from './workers.ts';

/** How long a change by a person waits for a database server that is away. */
const changePatienceMs = 20_000;

/** Messages of a run until the queue gets a thread of its own, on SQLite. */
const busyFrom = 200;

export interface StoreOptions {
  /** Messages claimed until the queue works in a thread of its own, on SQLite. */
  threadFrom?: number;
  /** Told when the queue can not be written (the database is away, full or locked) and waits, and with null when it goes on. */
  onTrouble?: OnTrouble;
}

/**
 * @param location path of a SQLite file, or postgres://…
 * @throws OBX007, OBX008
 */
export async function openStore(location: string, { threadFrom = Number(process.env.XT ?? busyFrom), onTrouble = () => {} }: StoreOptions = {}) {
  const { db, engine, direct } = await openDatabase(location);
  const marked = () => (engine === 'postgres' ? { marks: createCommitMarks(db) } : {});
  const group = createGroupCommit(db, { ...marked(), onTrouble });
  /** A person waits for these. */
  const changeGroup = createGroupCommit(db, { ...marked(), patienceMs: changePatienceMs });
  const here = createSteps(engine, group, createStatements(direct));
  const busy = engine === 'sqlite' ? stepsWhenBusy(here, { location, from: threadFrom, onTrouble }) : null;
  return {
    engine,
    installation: createInstallation(db, engine),
    settings: createSettings(db),
    customers: createCustomers(db),
    takeIn: createTakeIn(db, group),
    queue: createQueue(db, engine, busy?.steps ?? here),
    sweep: createSweep(db, engine),
    repeatOnce: createRepeatOnce(db),
    messages: createMessages(db),
    changes: createChanges(db, changeGroup),
    events: createEvents(db),
    forecast: createForecast(db),
    transports: createTransports(db),
    suppressions: createSuppressions(db),
    workers: createWorkers(db, engine === 'sqlite' ? `${location}.lock` : null),
    hotFolderFiles: createHotFolderFiles(db),
    /** Waits for writes under way, then closes. */
    async close(): Promise<void> {
      await Promise.all([group.drain(), changeGroup.drain(), busy?.close()]);
      await db.destroy();
    },
  };
}

export type Store = Awaited<ReturnType<typeof openStore>>;
