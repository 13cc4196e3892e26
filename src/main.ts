// Joins the parts: the only place that knows them all. Opens an installation for the command line, and ends with its exit code.
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
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
import type {
  GraphSettings,
  OAuthSettings,
  OutlookSettings,
  SecretSource,
  Settings,
  TransportSettings,
} from './message/settings.ts';
import type { Transport } from './message/transport.ts';
import { openDiskFiles } from './store/files/disk.ts';
import type { FileStore } from './store/files/file-store.ts';
import { openStore, type Store } from './store/store.ts';
import { openDatabaseThread } from './store/thread/beside.ts';
import type { ThreadSettings } from './store/thread/protocol.ts';
import type { Slots } from './transport/graph/slots.ts';
import type { LoginTokens } from './transport/oauth/token-source.ts';

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
  createGraphTransport: typeof import('./transport/graph/transport.ts').createGraphTransport;
  openSlots: typeof import('./transport/graph/slots.ts').openSlots;
  createOutlookGraphTransport: typeof import('./transport/outlook/by-graph.ts').createOutlookGraphTransport;
  createOutlookImapTransport: typeof import('./transport/outlook/by-imap.ts').createOutlookImapTransport;
  createOutlookFileTransport: typeof import('./transport/outlook/by-file.ts').createOutlookFileTransport;
  createSmtpTransport: typeof import('./transport/smtp/transport.ts').createSmtpTransport;
  createDriverTransport: typeof import('./transport/driver/transport.ts').createDriverTransport;
  sweepWorkFolder: typeof import('./transport/driver/owner.ts').sweepWorkFolder;
  openDebugFile: typeof import('./transport/smtp/debug-file.ts').openDebugFile;
  debugLimits: typeof import('./transport/smtp/debug-file.ts').debugLimits;
  readSecret: typeof import('./config/secret-source.ts').readSecret;
  passwordName: typeof import('./config/secret-source.ts').passwordName;
  secretName: typeof import('./config/secret-source.ts').secretName;
  shareTokens: typeof import('./transport/oauth/token-source.ts').shareTokens;
  openGrant: typeof import('./transport/oauth/open-grant.ts').openGrant;
}

/** The one way from settings to a transport. Things that are shared by the transports of a process are kept here. */
function transportMaker(parts: Parts, makers: Makers): (settings: TransportSettings) => Transport {
  const { data, key } = parts;
  // One process writes one SYCEML.DBG, whichever of its transports speaks.
  let debug: ReturnType<typeof makers.openDebugFile> | null = null;
  const debugFile = () =>
    (debug ??= makers.openDebugFile(join(data, 'SYCEML.DBG'), makers.debugLimits, Date.now, (text) =>
      process.stderr.write(`${text}\n`),
    ));
  const tokensFor = makers.shareTokens(Date.now);
  /** The tokens of a mailbox; shared with every transport of the same identity. */
  const tokensOf = (name: string, user: string, oauth: OAuthSettings, purpose: 'mail' | 'graph'): LoginTokens => {
    const secret = (source: SecretSource, under: string): Promise<string> =>
      makers.readSecret(source, key, makers.secretName(name, ['oauth', under]));
    return tokensFor(() => makers.openGrant(oauth, { user, purpose, secret, now: Date.now }));
  };
  const passwordOf = (name: string, password: SecretSource | null) => (): Promise<string | null> =>
    password === null ? Promise.resolve(null) : makers.readSecret(password, key, makers.passwordName(name));

  // Microsoft counts the requests of a mailbox, whichever transport makes them.
  const slots = new Map<string, Slots>();
  const slotsOf = (user: string): Slots => {
    const known = slots.get(user.toLowerCase()) ?? makers.openSlots();
    slots.set(user.toLowerCase(), known);
    return known;
  };
  const graphParts = ({ name, oauth, user }: Pick<GraphSettings, 'name' | 'oauth' | 'user'>) => ({
    tokens: tokensOf(name, user, oauth, 'graph'),
    slots: slotsOf(user),
  });

  const outlookOf = (settings: OutlookSettings): Transport => {
    if (settings.by === 'file') return makers.createOutlookFileTransport(settings);
    if (settings.by === 'graph') return makers.createOutlookGraphTransport(settings, graphParts(settings));
    const { name, password, oauth, user } = settings;
    return makers.createOutlookImapTransport(settings, {
      password: passwordOf(name, password),
      tokens: oauth === null ? null : tokensOf(name, user, oauth, 'mail'),
    });
  };

  return function transportOf(settings) {
    switch (settings.kind) {
      case 'driver':
        return makers.createDriverTransport(settings, { workFolder: join(data, 'work') });
      case 'graph':
        return makers.createGraphTransport(settings, graphParts(settings));
      case 'outlook':
        return outlookOf(settings);
      case 'smtp':
        return makers.createSmtpTransport(settings, {
          password: passwordOf(settings.name, settings.password),
          tokens:
            settings.oauth === null || settings.user === null
              ? null
              : tokensOf(settings.name, settings.user, settings.oauth, 'mail'),
          ehloName: hostname(),
          debug: settings.debug ? debugFile() : null,
        });
    }
  };
}

const loadMakers = async (): Promise<Makers> => ({
  ...(await import('./transport/graph/transport.ts')),
  ...(await import('./transport/graph/slots.ts')),
  ...(await import('./transport/outlook/by-graph.ts')),
  ...(await import('./transport/outlook/by-imap.ts')),
  ...(await import('./transport/outlook/by-file.ts')),
  ...(await import('./transport/smtp/transport.ts')),
  ...(await import('./transport/driver/transport.ts')),
  ...(await import('./transport/driver/owner.ts')),
  ...(await import('./transport/smtp/debug-file.ts')),
  ...(await import('./config/secret-source.ts')),
  ...(await import('./transport/oauth/token-source.ts')),
  ...(await import('./transport/oauth/open-grant.ts')),
});

const digestOf = (settings: TransportSettings): string =>
  createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 32);

function workOn(store: Store, files: FileStore, settings: ThreadSettings): AtWork {
  if (store.engine === 'postgres') return { store, files, close: () => Promise.resolve() };
  const { served, close } = openDatabaseThread(settings);
  const { get, ...queue } = served;
  return { store: { ...store, queue }, files: { ...files, get }, close };
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

async function open(data: string, database: string | null): Promise<Installation> {
  try {
    await makeFolder(data);
  } catch (error) {
    throw new OutboxError('OBX007', { database: data, detail: wordsOf(error) }, error);
  }
  const key = await openSecretKey(data);
  const store = await openStore(database ?? join(data, 'outbox.db'));
  const folder = join(data, 'files');
  const files = openDiskFiles(folder, { tell: (text) => process.stderr.write(`${text}\n`) });
  const identity = await openIdentity(store, openPlaceFile(data, readEnvironment().place));
  const makers = await loadMakers();
  const makeTransport = transportMaker({ data, key }, makers);
  return {
    data,
    store,
    files,
    key,
    identity,
    settings: () => readSettings(store, data),
    transport: makeTransport,
    waysOut: ({ transports }): WayOut[] => {
      // A worker begins: what was killed before left the files of its drivers.
      void makers.sweepWorkFolder(join(data, 'work'), Date.now());
      return Object.values(transports).map((settings) => ({
        transport: makeTransport(settings),
        limits: settings.limits,
        digest: digestOf(settings),
      }));
    },
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
