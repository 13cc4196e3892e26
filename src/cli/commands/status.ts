// outbox status: counts by status, of a batch or of everything; --watch goes on until nothing moves.
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Count } from '../../store/messages.ts';
import type { Store } from '../../store/store.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { demandBatch } from '../select.ts';
import { writeTable } from '../table.ts';

const everyMs = 1_000;
const moving = ['queued', 'sending'];

const sumOf = (counts: readonly Count[], of: (count: Count) => boolean): number =>
  counts.filter(of).reduce((sum, { count }) => sum + count, 0);

/** Minutes left at the speed seen so far; null while nothing was seen to move. */
function etaOf(before: number, now: number, elapsedMs: number): string | null {
  if (before <= now || elapsedMs <= 0) return null;
  const leftMs = (now * elapsedMs) / (before - now);
  return leftMs < 60_000 ? `${Math.ceil(leftMs / 1000)} s left` : `${Math.ceil(leftMs / 60_000)} min left`;
}

async function stoppedText(store: Store): Promise<string[]> {
  const states = await store.transports.all();
  return states
    .filter(({ breaker }) => breaker === 'open')
    .map(({ name, detail, retryAt }) => {
      const next =
        retryAt === null ? `mend it, then: outbox test ${name}` : `next try ${new Date(retryAt).toISOString()}`;
      return `Transport ${name} is stopped: ${detail} (${next})`;
    });
}

async function show(context: Context, store: Store, batch: string | null, eta: string | null): Promise<number> {
  const counts = await store.messages.counts(batch);
  const left = sumOf(counts, ({ status }) => moving.includes(status));
  const total = sumOf(counts, () => true);
  context.print({ batch, total, left, eta, counts });
  const rows = counts.map((row) => [row.documentType, row.channel, row.transport ?? '', row.status, String(row.count)]);
  context.say(total === 0 ? 'No messages yet.' : writeTable(['TYPE', 'CHANNEL', 'TRANSPORT', 'STATUS', 'COUNT'], rows));
  if (left > 0) context.say(`${total - left} of ${total} done${eta ? `, ${eta}` : ''}.`);
  for (const line of await stoppedText(store)) context.warn(line);
  return left;
}

async function status(context: Context, batch: string | undefined, options: { watch?: boolean }): Promise<ExitCode> {
  const { store } = await context.installation();
  await demandBatch(store, batch);
  const startedAt = performance.now();
  const first = await show(context, store, batch ?? null, null);
  let left = first;
  while (options.watch && left > 0) {
    await wait(everyMs);
    left = await show(context, store, batch ?? null, etaOf(first, left, performance.now() - startedAt));
  }
  return 0;
}

export function registerStatus(program: Command, act: Act): void {
  program
    .command('status')
    .argument('[batch]', 'only this batch')
    .option('--watch', 'go on until nothing is queued')
    .description('how many messages are where')
    .addHelpText('after', examples('outbox status', 'outbox status --watch'))
    .action(act(status));
}
