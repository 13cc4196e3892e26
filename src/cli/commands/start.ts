// outbox start: the service. Sends what is queued, takes in what is dropped, answers a monitor.
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { readPort } from '../number.ts';
import { stopSignal } from '../stop-signal.ts';

interface Options {
  port: string;
  role: 'all' | 'server' | 'worker';
  watch?: string[];
}

async function start(context: Context, options: Options): Promise<ExitCode> {
  const port = readPort(options.port);
  const { serveHotFolders, serveQueue } = await import('../service.ts');
  const { serve, data } = await context.installation();
  const signal = stopSignal(context);
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  const watched = (options.watch ?? []).map((path) => resolve(path));
  const health = options.role === 'worker' ? null : await serve(port);
  const services = [
    ...(options.role === 'server' ? [] : [serveQueue(context, stop)]),
    ...(options.role === 'worker' ? [] : [serveHotFolders(context, watched, stop)]),
  ];
  // What one of them can not go on with ends the others in good order.
  for (const service of services) service.catch(() => broken.abort());
  const where = health ? `, http://127.0.0.1:${port}/health` : '';
  context.warn(`Outbox works on ${data} (role ${options.role}${where}). Ctrl-C stops it.`);
  try {
    const ends = await Promise.allSettled(services);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return 0;
  } finally {
    health?.close();
  }
}

export function registerStart(program: Command, act: Act): void {
  const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
  program
    .command('start')
    .option('--port <port>', 'for /health, on this machine only', '8025')
    .addOption(new Option('--role <role>').choices(['all', 'server', 'worker']).default('all'))
    .option('--watch <dir>', 'a hot folder: manifests dropped there become batches (may be given again)', collect)
    .description('the service: sends what is queued until it is stopped')
    .addHelpText('after', examples('outbox start', 'outbox start --watch /srv/erp/outbox'))
    .action(act(start));
}
