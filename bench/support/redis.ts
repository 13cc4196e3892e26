// A Redis of its own, with a folder of its own, that answers a write when it is on the disk.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, openFolder, type Scope, startDaemon } from '../../test/support/daemon.ts';

export const redisProgram = '/usr/bin/redis-server';

export interface Redis {
  port: number;
  pid: number;
}

export async function startRedis(scope: Scope): Promise<Redis> {
  const port = await freePort();
  const folder = await openFolder(scope);
  const pidFile = join(folder, 'redis.pid');
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--pidfile', pidFile];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  await startDaemon(scope, { command: redisProgram, args: [...place, ...durable], ports: [port] });
  return { port, pid: Number(readFileSync(pidFile, 'latin1')) };
}
