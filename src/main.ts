// Joins the parts: the only place that knows them all. Opens an installation for the command line, and ends with its exit code.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from './cli/program.ts';
import type { AtWork, Installation } from './cli/installation.ts';
import { openIdentity } from './cli/identity.ts';
import { rawOf } from './cli/raw-settings.ts';
import { readEnvironment } from './config/environment.ts';
import { openPlaceFile } from './config/place.ts';
import { openSecretKey, type SecretKey } from './config/secret-key.ts';
import type { WayOut } from './dispatch/lane.ts';
import type { Failpoint } from './dispatch/failpoint.ts';
import { OutboxError, wordsOf } from './message/errors.ts';
import type { Settings, TransportSettings } from './message/settings.ts';
import type { Transport } from './message/transport.ts';
import { openDiskFiles } from './store/files/disk.ts';
import type { FileStore } from './store/files/file-store.ts';
import { openStore, type Store } from './store/store.ts';
import { openDatabaseThread } from './store/thread/beside.ts';
import type { ThreadSettings } from './store/thread/protocol.ts';

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

function workOn(store: Store, files: FileStore, settings: ThreadSettings): AtWork {
  if (store.engine === 'postgres') return { store, files, close: () => Promise.resolve() };
  const { served, close } = openDatabaseThread(settings);
  const { get, ...queue } = served;
  return { store: { ...store, queue }, files: { ...files, get }, close };
}

async function open(data: string, database: string | null): Promise<Installation> {
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new OutboxError('OBX007', { database: data, detail: wordsOf(error) }, error);
  }
  const key = await openSecretKey(data);
  const store = await openStore(database ?? join(data, 'outbox.db'));
  const folder = join(data, 'files');
  const files = openDiskFiles(folder);
  const identity = await openIdentity(store, openPlaceFile(data, readEnvironment().place));
  const makeTransport = transportMaker({ data, key }, await loadMakers());
  return {
    data,
    store,
    files,
    key,
    identity,
    settings: () => readSettings(store, data),
    transport: makeTransport,
    waysOut: ({ transports }): WayOut[] =>
      Object.values(transports).map((settings) => ({
        transport: makeTransport(settings),
        limits: settings.limits,
        digest: digestOf(settings),
      })),
    serve: async (port) =>
      (await import('./server/health.ts')).startHealth(
        store,
        port,
        async () => (await identity.fault())?.message ?? null,
      ),
    atWork: () => workOn(store, files, { database: join(data, 'outbox.db'), files: folder }),
    failpoint: failpointFrom(readEnvironment().failpoint),
    close: () => store.close(),
  };
}

process.exitCode = await runCommandLine(process.argv.slice(2), open);
// A driver's orphan or a slow line must not keep a command alive that has answered.
process.stdout.write('', () => process.exit());
