// Joins the parts: the only place that knows them all. Opens an installation for the command line, and ends with its exit code.
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommandLine } from './cli/program.ts';
import type { Installation } from './cli/installation.ts';
import { readVersion } from './cli/version.ts';
import { readEnvironment } from './config/environment.ts';
import type { Failpoint } from './dispatch/failpoint.ts';
import { OutboxError, wordsOf } from './message/errors.ts';
import type { Settings } from './message/settings.ts';
import type { Store } from './store/store.ts';

/** OUTBOX_FAILPOINT=W3:17 ends the process, as a power cut would, when that place is reached for the 17th time. */
function failpointFrom(written: string | null): Failpoint {
  if (written === null) return () => {};
  const [wanted, count = '1'] = written.split(':');
  let left = Number(count);
  return (name) => {
    if (name === wanted && --left === 0) process.kill(process.pid, 'SIGKILL');
  };
}

/** @throws OBX005 while no company is set up, OBX160 when what is stored does not hold any more */
async function readSettings(store: Store, data: string): Promise<Settings> {
  const { rawOf } = await import('./desk/raw-settings.ts');
  const raw = await rawOf(store);
  if (!raw.some(({ section }) => section === 'company')) throw new OutboxError('OBX005', { data });
  const { checkSettings } = await import('./config/check-settings.ts');
  return checkSettings(raw);
}

/** Made at the first call, and then the same. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** Not `mkdir` with `recursive`: where no folder can be made (/proc) Node tries for ever. @throws the system's error */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isThere = async (folder: string): Promise<boolean> =>
      (await stat(folder).catch(() => null))?.isDirectory() ?? false;
    if (code === 'EEXIST' && (await isThere(path))) return;
    if (code !== 'ENOENT' || (await isThere(dirname(path)))) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

/** The queue waits, and goes on by itself: a person should know why nothing moves. */
function tellTrouble(trouble: unknown): void {
  const text = trouble === null ? 'The database can be written again.' : `Waits: ${wordsOf(trouble)}`;
  process.stderr.write(`${text}\n`);
}

/** What help and a wrong word need not wait for. */
const loadParts = async () => ({
  ...(await import('./store/store.ts')),
  ...(await import('./store/files/disk.ts')),
  ...(await import('./config/place.ts')),
  ...(await import('./config/secret-key.ts')),
  ...(await import('./cli/identity.ts')),
});

async function open(data: string, database: string | null): Promise<Installation> {
  const { openStore, openDiskFiles, openPlaceFile, openSecretKey, openIdentity } = await loadParts();
  try {
    await makeFolder(data);
  } catch (error) {
    throw new OutboxError('OBX007', { database: data, detail: wordsOf(error) }, error);
  }
  const key = await openSecretKey(data);
  const store = await openStore(database ?? join(data, 'outbox.db'), { onTrouble: tellTrouble });
  const files = openDiskFiles(join(data, 'files'), { tell: (text) => process.stderr.write(`${text}\n`) });
  const identity = await openIdentity(store, openPlaceFile(data, readEnvironment().place));
  /** Only what sends or tests needs the transports: the others start without them. */
  const loadTransports = once(async () => {
    const { transportMaker, waysOutOf } = await import('./cli/transport-maker.ts');
    return { make: transportMaker({ data, key }), waysOutOf };
  });
  const installation: Installation = {
    data,
    store,
    files,
    key,
    identity,
    settings: () => readSettings(store, data),
    transport: async (settings) => (await loadTransports()).make(settings),
    async waysOut(settings) {
      const { make, waysOutOf } = await loadTransports();
      return waysOutOf(settings, make, { data });
    },
    async serve(listening) {
      const { startServer } = await import('./server/start.ts');
      const tell = (text: string): void => void process.stderr.write(`${text}\n`);
      return startServer(installation, { ...listening, tell, version: readVersion() });
    },
    failpoint: failpointFrom(readEnvironment().failpoint),
    close: () => store.close(),
  };
  return installation;
}

process.exitCode = await runCommandLine(process.argv.slice(2), open);
// A driver's orphan or a slow line must not keep a command alive that has answered.
process.stdout.write('', () => process.exit());
