// Joins the parts: the only place that knows them all. Opens an installation for the command line, and ends with its exit code.
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommandLine } from './cli/program.ts';
import type { Installation } from './cli/installation.ts';
import { rawOf } from './cli/raw-settings.ts';
import { readEnvironment } from './config/environment.ts';
import { openSecretKey, type SecretKey } from './config/secret-key.ts';
import type { WayOut } from './dispatch/lane.ts';
import type { Failpoint } from './dispatch/failpoint.ts';
import { OutboxError, wordsOf } from './message/errors.ts';
import type { Settings, TransportSettings } from './message/settings.ts';
import type { Transport } from './message/transport.ts';
import { openDiskFiles } from './store/files/disk.ts';
import { openStore, type Store } from './store/store.ts';

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
  const raw = await rawOf(store);
  if (!raw.some(({ section }) => section === 'company')) throw new OutboxError('OBX005', { data });
  const { checkSettings } = await import('./config/check-settings.ts');
  return checkSettings(raw);
}

interface Parts {
  data: string;
  key: SecretKey;
}

interface Makers {
  createSmtpTransport: typeof import('./transport/smtp/transport.ts').createSmtpTransport;
  createDriverTransport: typeof import('./transport/driver/transport.ts').createDriverTransport;
  openDebugFile: typeof import('./transport/smtp/debug-file.ts').openDebugFile;
  debugLimits: typeof import('./transport/smtp/debug-file.ts').debugLimits;
  readSecret: typeof import('./config/secret-source.ts').readSecret;
  passwordName: typeof import('./config/secret-source.ts').passwordName;
}

/** One process writes one SYCEML.DBG, whichever of its transports speaks. */
function transportMaker({ data, key }: Parts, makers: Makers): (settings: TransportSettings) => Transport {
  let debug: ReturnType<typeof makers.openDebugFile> | null = null;
  const debugFile = () =>
    (debug ??= makers.openDebugFile(join(data, 'SYCEML.DBG'), makers.debugLimits, Date.now, (text) =>
      process.stderr.write(`${text}\n`),
    ));
  return (settings) => {
    if (settings.kind === 'driver') return makers.createDriverTransport(settings, { workFolder: join(data, 'work') });
    const { name, password } = settings;
    return makers.createSmtpTransport(settings, {
      password: () =>
        password === null ? Promise.resolve(null) : makers.readSecret(password, key, makers.passwordName(name)),
      ehloName: hostname(),
      debug: settings.debug ? debugFile() : null,
    });
  };
}

const loadMakers = async (): Promise<Makers> => ({
  ...(await import('./transport/smtp/transport.ts')),
  ...(await import('./transport/driver/transport.ts')),
  ...(await import('./transport/smtp/debug-file.ts')),
  ...(await import('./config/secret-source.ts')),
});

const digestOf = (settings: TransportSettings): string =>
  createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 32);

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

async function open(data: string, database: string | null): Promise<Installation> {
  try {
    await makeFolder(data);
  } catch (error) {
    throw new OutboxError('OBX007', { database: data, detail: wordsOf(error) }, error);
  }
  const key = await openSecretKey(data);
  const store = await openStore(database ?? join(data, 'outbox.db'));
  const files = openDiskFiles(join(data, 'files'));
  const makeTransport = transportMaker({ data, key }, await loadMakers());
  return {
    data,
    store,
    files,
    key,
    settings: () => readSettings(store, data),
    transport: makeTransport,
    waysOut: ({ transports }): WayOut[] =>
      Object.values(transports).map((settings) => ({
        transport: makeTransport(settings),
        limits: settings.limits,
        digest: digestOf(settings),
      })),
    serve: async (port) => (await import('./server/health.ts')).startHealth(store, port),
    failpoint: failpointFrom(readEnvironment().failpoint),
    close: () => store.close(),
  };
}

process.exitCode = await runCommandLine(process.argv.slice(2), open);
// A driver's orphan or a slow line must not keep a command alive that has answered.
process.stdout.write('', () => process.exit());
