// outbox status: counts by status, of a batch or of everything; --watch goes on until nothing moves.
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { doneAtOf, outlooksOf } from '../../desk/outlook.ts';
import { type Here, isStopped, stateText, stoppedNext } from '../../desk/transport-words.ts';
import { OutboxError } from '../../message/errors.ts';
import type { Settings } from '../../message/settings.ts';
import { whenText } from '../../message/when.ts';
import type { Count } from '../../store/messages.ts';
import type { Store } from '../../store/store.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode, Installation } from '../installation.ts';
import type { Act } from '../act.ts';
import { demandBatch } from '../select.ts';
import { writeTable } from '../table.ts';

const everyMs = 1_000;
const moving = ['queued', 'sending'];

const noLimits = { connections: 1, perMinute: null, perDay: null };
const isoTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const sumOf = (counts: readonly Count[], of: (count: Count) => boolean): number =>
  counts.filter(of).reduce((sum, { count }) => sum + count, 0);

/** What stands still: what is the matter, and what to do. */
async function stoppedText(store: Store, settings: Settings | null, here: Here): Promise<string[]> {
  const states = await store.transports.all();
  return states.filter(isStopped).map((state) => {
    const limits = settings?.transports[state.name]?.limits ?? noLimits;
    return `Transport ${state.name} is ${stateText(state, limits, here)}\n→ ${stoppedNext(state, here)}`;
  });
}

const lateText = (count: number, since: number | null, { now, timeZone }: Here): string => {
  const oldest =
    since === null ? '' : ` The oldest waits since ${whenText(since, now, timeZone).replace(/^(?:at|on) /, '')}.`;
  return `${count} late: tried again and again for more than 4 hours.${oldest}\n→ outbox list --status queued`;
};

/** Null while none are applied: what is queued is shown all the same. */
const settingsOrNull = ({ settings }: Installation): Promise<Settings | null> =>
  settings().catch((error: unknown) => {
    if (error instanceof OutboxError) return null;
    throw error;
  });

/** "3 min left" for a script that watches, and a time for a person. */
function etaText(doneAt: number | null, { now }: Here): string | null {
  if (doneAt === null) return null;
  const leftMs = Math.max(0, doneAt - now);
  return leftMs < 60_000 ? `${Math.ceil(leftMs / 1000)} s left` : `${Math.ceil(leftMs / 60_000)} min left`;
}

async function show(context: Context, installation: Installation, batch: string | null): Promise<number> {
  const { store } = installation;
  const settings = await settingsOrNull(installation);
  const here = { now: Date.now(), timeZone: settings?.company.timeZone ?? 'UTC' };
  const counts = await store.messages.counts(batch);
  const left = sumOf(counts, ({ status }) => moving.includes(status));
  const total = sumOf(counts, () => true);
  const outlooks = settings === null ? [] : await outlooksOf(store, settings, batch, here);
  const late = await store.forecast.late(batch, here.now);
  const doneAt = doneAtOf(outlooks);
  const eta = etaText(doneAt, here);
  const fault = await installation.identity.fault();
  const transports = outlooks.map((one) => ({ ...one, doneAt: isoTime(one.doneAt), goesOnAt: isoTime(one.goesOnAt) }));
  context.print({
    batch,
    total,
    left,
    eta,
    doneAt: isoTime(doneAt),
    late: late.count,
    fault: fault?.message ?? null,
    transports,
    counts,
  });
  const rows = counts.map((row) => [row.documentType, row.channel, row.transport ?? '', row.status, String(row.count)]);
  context.say(total === 0 ? 'No messages yet.' : writeTable(['TYPE', 'CHANNEL', 'TRANSPORT', 'STATUS', 'COUNT'], rows));
  if (left > 0) context.say(`${total - left} of ${total} done${eta ? `, ${eta}` : ''}.`);
  for (const { transport, text } of outlooks) context.say(`${transport}: ${text}.`);
  if (fault) context.warn(`${fault.message}\n→ ${fault.hint}`);
  if (late.count > 0) context.warn(lateText(late.count, late.since, here));
  for (const line of await stoppedText(store, settings, here)) context.warn(line);
  return left;
}

async function status(context: Context, batch: string | undefined, options: { watch?: boolean }): Promise<ExitCode> {
  const installation = await context.installation();
  await demandBatch(installation.store, batch);
  let left = await show(context, installation, batch ?? null);
  while (options.watch && left > 0) {
    await wait(everyMs);
    left = await show(context, installation, batch ?? null);
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
