// outbox start: the service. Sends what is queued, takes in what is dropped, answers browsers, programs and monitors.
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { examples } from '../examples.ts';
import { OutboxError } from '../../message/errors.ts';
import type { Context, ExitCode, Listening } from '../installation.ts';
import type { Act } from '../act.ts';
import { readPort } from '../number.ts';
import { stopSignal } from '../stop-signal.ts';

interface Options {
  port: string;
  role: 'all' | 'server' | 'worker';
  watch?: string[];
  host: string;
  tlsCert?: string;
  tlsKey?: string;
  behindProxy?: boolean;
}

/** @throws OBX016 for one file without the other */
function listeningOf({ port, host, tlsCert, tlsKey, behindProxy = false }: Options): Listening {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    const hint = 'Give both: --tls-cert FILE --tls-key FILE';
    throw new OutboxError('OBX016', { detail: 'A certificate needs its key, and a key its certificate.', hint });
  }
  const tls = tlsCert === undefined || tlsKey === undefined ? null : { certificate: tlsCert, key: tlsKey };
  return { port: readPort(port), host, tls, behindProxy };
}

async function start(context: Context, options: Options): Promise<ExitCode> {
  const listening = listeningOf(options);
  const { serveHotFolders, serveQueue } = await import('../service.ts');
  const { serve, data } = await context.installation();
  const signal = stopSignal(context);
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  const watched = (options.watch ?? []).map((path) => resolve(path));
  const server = options.role === 'worker' ? null : await serve(listening);
  const services = [
    ...(options.role === 'server' ? [] : [serveQueue(context, stop)]),
    ...(options.role === 'worker' ? [] : [serveHotFolders(context, watched, stop)]),
  ];
  // What one of them can not go on with ends the others in good order.
  for (const service of services) service.catch(() => broken.abort());
  const where = server ? `, ${server.address}` : '';
  context.warn(`Outbox works on ${data} (role ${options.role}${where}). Ctrl-C stops it.`);
  try {
    const ends = await Promise.allSettled(services);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return 0;
  } finally {
    await server?.stop();
  }
}

export function registerStart(program: Command, act: Act): void {
  const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
  program
    .command('start')
    .option('--port <port>', 'for the API, the browser and monitors', '8025')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .option('--tls-cert <file>', 'PEM certificate: it speaks TLS itself')
    .option('--tls-key <file>', 'PEM key of the certificate')
    .option('--behind-proxy', 'a proxy before it speaks TLS and says who asks')
    .addOption(new Option('--role <role>').choices(['all', 'server', 'worker']).default('all'))
    .option('--watch <dir>', 'a hot folder: manifests dropped there become batches (may be given again)', collect)
    .description('the service: sends what is queued until it is stopped')
    .addHelpText('after', examples('outbox start', 'outbox start --watch /srv/erp/outbox'))
    .action(act(start));
}
