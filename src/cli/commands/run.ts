// outbox run: a worker in the foreground.
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import { whenText } from '../../message/when.ts';
import { startProgress } from '../progress.ts';
import type { Act } from '../act.ts';
import { readNumber } from '../number.ts';
import { stopSignal } from '../stop-signal.ts';
import { work, type WorkEnd } from '../work.ts';

interface Options {
  untilEmpty?: boolean;
  limit?: string;
}

/** @returns 1 when a message failed or is uncertain, 3 when a transport stopped with messages still waiting */
const exitCodeOf = (end: WorkEnd): ExitCode => {
  if (end.failed + end.uncertain > 0) return 1;
  return end.stopped.length > 0 ? 3 : 0;
};

function nextOf({ transport, by, until }: WorkEnd['stopped'][number], timeZone: string): string {
  if (by === 'pause') return `outbox transports resume ${transport}`;
  if (until === null) return `Mend it, then: outbox test ${transport}`;
  const when = whenText(until, Date.now(), timeZone);
  const itself = `A worker goes on by itself ${when} (outbox start).`;
  return by === 'allowance' ? itself : `${itself} Mended before: outbox test ${transport}`;
}

function report(context: Context, end: WorkEnd, timeZone: string): void {
  const { released, failed, uncertain, waiting, swept } = end;
  if (swept.putBack > 0) context.say(`${swept.putBack} left unsent by a worker that died; they wait again.`);
  if (swept.uncertain > 0)
    context.warn(`${swept.uncertain} became uncertain: a worker died while it handed them over.`);
  if (swept.poison + end.held > 0)
    context.warn(`${swept.poison + end.held} held: the program fails at them (outbox list --status held).`);
  if (end.blocked > 0) context.warn(`${end.blocked} blocked: the settings know their transport no more (outbox list).`);
  context.say(`${released} released, ${failed} failed, ${uncertain} uncertain, ${waiting} still to try.`);
  for (const stopped of end.stopped) {
    context.warn(`Transport ${stopped.transport} is stopped: ${stopped.text}\n→ ${nextOf(stopped, timeZone)}`);
  }
}

export async function run(context: Context, options: Options): Promise<ExitCode> {
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : readNumber(options.limit, 'The limit');
  const installation = await context.installation();
  const settings = await installation.settings();
  const waiting = (await installation.store.messages.counts(null)).filter(({ status }) => status === 'queued');
  const progress = startProgress(
    'Sending',
    waiting.reduce((sum, { count }) => sum + count, 0),
  );
  const signal = stopSignal(context);
  const untilEmpty = options.untilEmpty ?? false;
  await installation.identity.begin();
  const lock = await installation.store.workers.begin(Date.now());
  try {
    const wanted = { installation, settings, worker: lock.id, untilEmpty, limit, signal, onProgress: progress.show };
    const end = await work(wanted).finally(progress.end);
    context.print(end);
    report(context, end, settings.company.timeZone);
    return exitCodeOf(end);
  } finally {
    await lock.release();
  }
}

export function registerRun(program: Command, act: Act): void {
  program
    .command('run')
    .option('--until-empty', 'end when nothing is queued and due')
    .option('--limit <n>', 'end after so many messages')
    .description('send what is queued, in the foreground')
    .addHelpText('after', examples('outbox run --until-empty', 'outbox run'))
    .action(act(run));
}
