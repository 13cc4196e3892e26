// outbox suppressions: the addresses and numbers that are not to be used; a person puts them on the list and lifts them.
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { writeTable } from '../table.ts';
import { readTime } from '../time.ts';

const isoOf = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());

async function list(context: Context): Promise<ExitCode> {
  const { activeSuppressions, suppressionAsJson } = await import('../../desk/suppress.ts');
  const { store } = await context.installation();
  const active = await activeSuppressions(store);
  context.print(active.map(suppressionAsJson));
  const rows = active.map(({ channel, address, since, until, by, reason }) => [
    channel,
    address,
    isoOf(since),
    isoOf(until),
    by,
    reason,
  ]);
  const header = ['CHANNEL', 'ADDRESS', 'SINCE', 'UNTIL', 'BY', 'REASON'];
  context.say(rows.length === 0 ? 'Every address may be used.' : writeTable(header, rows));
  return 0;
}

async function add(context: Context, written: string, options: { reason?: string; until?: string }): Promise<ExitCode> {
  const { readAddress, suppress, suppressionAsJson } = await import('../../desk/suppress.ts');
  const { store, settings } = await context.installation();
  const { country, timeZone } = (await settings()).company;
  const until = options.until === undefined ? null : readTime(options.until, Date.now(), timeZone);
  const address = readAddress(written, country);
  const suppression = await suppress(store, address, { reason: options.reason ?? null, until, by: context.by });
  context.print(suppressionAsJson(suppression));
  context.say(`${address.address} is not used from now on${until === null ? '' : `, until ${isoOf(until)}`}.`);
  return 0;
}

async function liftAddress(context: Context, written: string): Promise<ExitCode> {
  const { lift, readAddress } = await import('../../desk/suppress.ts');
  const { store, settings } = await context.installation();
  const address = readAddress(written, (await settings()).company.country);
  await lift(store, address, context.by);
  const waiting = (await store.messages.find({ status: 'blocked' })).filter(({ reason }) => reason === 'suppressed');
  context.print({ ...address, lifted: true });
  context.say(`${address.address} may be used again.`);
  if (waiting.length > 0)
    context.say('Let its blocked messages go: outbox list --status blocked, then outbox release ID');
  return 0;
}

export function registerSuppressions(program: Command, act: Act): void {
  const command = program.command('suppressions').description('addresses and numbers that are not to be used');
  command.command('list', { isDefault: true }).description('show them, with the reason').action(act(list));
  command
    .command('add')
    .argument('<address>', 'email address or fax number')
    .option('--reason <text>', 'for whoever asks why')
    .option('--until <time>', 'a date, or a date and time of the company')
    .description('do not use an address from now on')
    .addHelpText('after', examples('outbox suppressions add old@abf.example --reason "left the company"'))
    .action(act(add));
  command
    .command('lift')
    .argument('<address>', 'email address or fax number')
    .description('use an address again')
    .addHelpText('after', examples('outbox suppressions lift ap@abf.example'))
    .action(act(liftAddress));
}
