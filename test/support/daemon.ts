// A real server as a child of the test: started, waited for until it listens, ended by its process number.
import { spawn } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from './temporary.ts';

/** A test, or a benchmark: whatever tells when its servers must end. */
export type Scope = Pick<TestContext, 'after'>;

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Mail servers give up their rights and must still find their files. */
export async function openFolder(t: Scope): Promise<string> {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o755);
  return folder;
}

const listens = (port: number, address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export interface DaemonWish {
  command: string;
  args: readonly string[];
  ports: readonly number[];
  /** Where it listens; "127.0.0.1" unless told otherwise. */
  address?: string;
  env?: Record<string, string>;
  /** More that must be so before it is ready. */
  isReady?: () => boolean;
}

/** @throws with everything it said when it ends, or does not listen within 20 s */
export async function startDaemon(t: Scope, wish: DaemonWish): Promise<void> {
  const { command, args, ports, address = '127.0.0.1', env = {}, isReady = () => true } = wish;
  const options = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'], detached: true };
  const child = spawn(command, [...args], { ...options, env: { ...process.env, ...env } });
  let words = '';
  let isGone = false;
  child.stdout.on('data', (chunk: Buffer) => (words += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      isGone = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', (error) => {
      words += error.message;
      end();
    });
  });
  t.after(async () => {
    if (!isGone) child.kill('SIGTERM');
    await Promise.race([gone, wait(5_000, undefined, { ref: false })]);
    // Its own children may outlive it, and hold its output open.
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const until = Date.now() + 20_000;
  // There is no signal to wait for: a server tells nobody when it listens.
  while (!isGone && Date.now() < until) {
    if (isReady() && (await Promise.all(ports.map((port) => listens(port, address)))).every(Boolean)) return;
    await wait(20);
  }
  throw new Error(`${command} does not listen on ${ports.join(', ')}:\n${words}`);
}
