// outbox suppressions: the addresses and numbers that are not to be used; a person puts them on the list and lifts them.
import type { Command } from 'commander';
import { canonicalEmail, checkEmailAddress } from '../../message/email-address.ts';
import { OutboxError } from '../../message/errors.ts';
import { readFaxNumber } from '../../message/fax-number.ts';
import type { Suppression } from '../../message/message.ts';
import { newId } from '../../store/id.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { writeTable } from '../table.ts';
import { readTime } from '../time.ts';

const wrong = (written: string, detail: string): OutboxError =>
  new OutboxError('OBX013', {
    place: 'suppressions',
    field: written,
    detail,
    hint: 'Give an email address or a fax number.',
  });

/** As routing compares it. @throws OBX013 */
function readAddress(written: string, country: string): Pick<Suppression, 'channel' | 'address'> {
  if (written.includes('@')) {
    const fault = checkEmailAddress(written);
    if (fault) throw wrong(written, `can not be an email address: ${fault}.`);
    return { channel: 'email', address: canonicalEmail(written) };
  }
  const number = readFaxNumber(written, country);
  if (!number.ok) throw wrong(written, `can not be a fax number: ${number.detail}.`);
  return { channel: 'fax', address: number.e164 };
}

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const asJson = ({ channel, address, reason, since, until, by }: Suppression) => ({
  channel,
  address,
  reason,
  since: isoOf(since),
  until: isoOf(until),
  by,
});

async function list(context: Context): Promise<ExitCode> {
  const { store } = await context.installation();
  const active = (await store.suppressions.active(Date.now())).toSorted((a, b) => (a.address < b.address ? -1 : 1));
  context.print(active.map(asJson));
  const rows = active.map(({ channel, address, since, until, by, reason }) => [
    channel,
    address,
    isoOf(since)!,
    isoOf(until) ?? '',
    by,
    reason,
  ]);
  const header = ['CHANNEL', 'ADDRESS', 'SINCE', 'UNTIL', 'BY', 'REASON'];
  context.say(rows.length === 0 ? 'Every address may be used.' : writeTable(header, rows));
  return 0;
}

async function note(
  context: Context,
  { channel, address }: Pick<Suppression, 'channel' | 'address'>,
  what: string,
  text: string,
) {
  const { store } = await context.installation();
  const subjectId = `${channel} ${address}`;
  const line = { at: Date.now(), what, by: context.by, text, evidence: null };
  await store.events.append({ subject: 'suppression', subjectId, ...line });
}

async function add(context: Context, written: string, options: { reason?: string; until?: string }): Promise<ExitCode> {
  const { store, settings } = await context.installation();
  const { country, timeZone } = (await settings()).company;
  const since = Date.now();
  const until = options.until === undefined ? null : readTime(options.until, since, timeZone);
  const address = readAddress(written, country);
  const reason = options.reason ?? `put on the list by ${context.by}`;
  const suppression = { id: newId(since), ...address, reason, since, until, by: context.by };
  await store.suppressions.add(suppression);
  await note(
    context,
    address,
    'suppressed',
    `Not to be used${until === null ? '' : ` until ${isoOf(until)}`}: ${reason}`,
  );
  context.print(asJson(suppression));
  context.say(`${address.address} is not used from now on${until === null ? '' : `, until ${isoOf(until)}`}.`);
  return 0;
}

async function lift(context: Context, written: string): Promise<ExitCode> {
  const { store, settings } = await context.installation();
  const address = readAddress(written, (await settings()).company.country);
  if (!(await store.suppressions.lift(address.channel, address.address))) {
    const hint = 'outbox suppressions list shows the addresses that are not used.';
    throw new OutboxError('OBX009', { what: 'suppression of', id: address.address, hint });
  }
  await note(context, address, 'lifted', 'May be used again.');
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
    .action(act(lift));
}
