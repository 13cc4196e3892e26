// A real PostgreSQL, started by the tests on a free port and stopped by them.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface Postgres {
  /** Of an empty database, or of a copy of another that nobody uses. */
  newDatabase(template?: string): Promise<string>;
  stop(): Promise<void>;
}

const versions = '/usr/lib/postgresql';

function programs(): string | null {
  if (!existsSync(versions)) return null;
  const [newest] = readdirSync(versions).toSorted((a, b) => Number(b) - Number(a));
  const folder = newest === undefined ? null : join(versions, newest, 'bin');
  return folder !== null && existsSync(join(folder, 'initdb')) ? folder : null;
}

/** PostgreSQL refuses to run as root. */
function account(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** @returns null where no PostgreSQL is installed; @throws then with OUTBOX_TEST_ALL=1 */
export async function startPostgres(): Promise<Postgres | null> {
  const bin = programs();
  if (bin === null) {
    if (process.env['OUTBOX_TEST_ALL'] === '1') throw new Error(`no PostgreSQL under ${versions}`);
    return null;
  }
  const who = account();
  const folder = mkdtempSync(join(tmpdir(), 'outbox-postgres-'));
  if (who.uid !== undefined) chownSync(folder, who.uid, who.gid);
  const data = join(folder, 'data');
  const initialise = ['-D', data, '-U', 'outbox', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
  execFileSync(join(bin, 'initdb'), initialise, { ...who, cwd: folder, stdio: 'ignore' });
  const port = await freePort();
  const settings = [`listen_addresses=127.0.0.1`, `port=${port}`, `unix_socket_directories=${folder}`, 'fsync=off'];
  const options = settings.flatMap((setting) => ['-c', setting]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...options], {
    ...who,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${log}`)));
    server.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve();
    });
  });
  server.removeAllListeners('exit');
  let count = 0;
  const urlOf = (database: string): string => `postgres://outbox@127.0.0.1:${port}/${database}`;
  return {
    async newDatabase(template = 'template1') {
      const name = `test_${++count}`;
      const client = new pg.Client(urlOf('postgres'));
      await client.connect();
      await client.query(`create database ${name} template ${template}`);
      await client.end();
      return urlOf(name);
    },
    async stop() {
      const gone = new Promise((resolve) => void server.once('exit', resolve));
      server.kill('SIGQUIT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
