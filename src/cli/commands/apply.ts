// outbox apply: takes a settings file, all of it or nothing; --dry-run shows the difference.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Change } from '../../config/difference.ts';
import type { ListedCustomer } from '../../config/listed-customer.ts';
import type { RawSetting } from '../../config/raw-setting.ts';
import { decodeText } from '../../intake/text-decoding.ts';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { Customer } from '../../message/settings.ts';
import type { Store } from '../../store/store.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { rawOf } from '../raw-settings.ts';

const signs = { new: '+', changed: '~', removed: '-' } as const;

const changeText = ({ kind, section, name, lines }: Change): string =>
  [`${signs[kind]} ${name === '' ? section : `${section}.${name}`}`, ...lines.map((line) => `    ${line}`)].join('\n');

/** Customers written in the settings file are a person's word: an import does not overwrite them. */
const customerOf = (
  { given: _, ...listed }: ListedCustomer,
  company: string,
  by: string,
  source: string,
): Customer => ({
  ...listed,
  company,
  source,
  owners: Object.fromEntries(['name', 'email', 'fax', 'deliver'].map((field) => [field, `${by} (settings file)`])),
});

/** What the directory says of a customer, as an entry of the settings. */
function entryOf({ number, company: _c, owners: _o, source: _s, ...fields }: Customer): RawSetting {
  const isSaid = (value: unknown): boolean => value !== null && !(Array.isArray(value) && value.length === 0);
  return {
    section: 'customers',
    name: number,
    value: Object.fromEntries(Object.entries(fields).filter(([, value]) => isSaid(value))),
  };
}

/** The customers of the file that the directory does not hold in the same way, and what is different. */
async function compare(listed: readonly Customer[], { store, company }: { store: Store; company: string }) {
  const { differenceOf } = await import('../../config/difference.ts');
  const before = await store.customers.find(
    company,
    listed.map(({ number }) => number),
  );
  const changes = differenceOf([...before.values()].map(entryOf), listed.map(entryOf));
  const changed = new Set(changes.map(({ name }) => name));
  const owners = (one: Customer | undefined): string => JSON.stringify(one?.owners ?? null);
  const customers = listed.filter((one) => changed.has(one.number) || owners(before.get(one.number)) !== owners(one));
  return { changes, customers };
}

export async function apply(context: Context, file: string, options: { dryRun?: boolean }): Promise<ExitCode> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new OutboxError('OBX003', { file, detail: wordsOf(error) }, error);
  });
  const { text } = decodeText(bytes);
  const { planApply } = await import('../../config/plan-apply.ts');
  const { concealSecrets } = await import('../../config/conceal.ts');
  const { store, key } = await context.installation();
  const plan = await planApply({ text, file, current: await rawOf(store), key });
  const company = plan.settings.company.code;
  const listed = plan.customers.map((one) => customerOf(one, company, context.by, file));
  const directory = await compare(listed, { store, company });
  const changes = [...plan.changes, ...directory.changes];
  const dryRun = options.dryRun ?? false;
  if (!dryRun) {
    await store.settings.replace(plan.after, Date.now(), context.by, concealSecrets);
    await store.customers.save(directory.customers, Date.now(), context.by, () => `applied from ${file}`);
  }
  context.print({ dryRun, changes, customers: plan.customers.length, notes: plan.notes });
  for (const change of changes) context.say(changeText(change));
  for (const note of plan.notes) context.warn(`Note: ${note}`);
  if (changes.length === 0) context.say('Nothing changes.');
  else context.say(dryRun ? 'Nothing was applied (dry run).' : `Applied ${file}.`);
  return 0;
}

export function registerApply(program: Command, act: Act): void {
  program
    .command('apply')
    .argument('<file>', 'settings as YAML (docs/settings.md)')
    .option('--dry-run', 'show the difference and change nothing')
    .description('take settings from a file, all of it or nothing')
    .addHelpText('after', examples('outbox apply outbox.yaml --dry-run', 'outbox apply outbox.yaml'))
    .action(act(apply));
}
