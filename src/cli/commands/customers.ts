// outbox customers import: the directory from a file; shows new, changed, kept and refused rows.
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { CustomerImport } from '../../intake/customers/import.ts';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';

interface Options {
  dryRun?: boolean;
  map?: 'plain' | 'sage100';
}

interface Told {
  line: number;
  customer?: string;
  detail: string;
}

const toldText = (told: readonly Told[]): string[] =>
  told.map(({ line, customer, detail }) => `  line ${line}${customer ? ` (${customer})` : ''}: ${detail}`);

function report(context: Context, plan: CustomerImport): void {
  const { refused } = plan;
  for (const { after, fields } of plan.changed) context.say(`~ ${after.number} ${after.name}: ${fields.join(', ')}`);
  for (const { customer, field, kept, offered, owner } of plan.kept) {
    context.say(`= ${customer}: ${field} stays "${kept}" as ${owner} gave it; the file says "${offered}"`);
  }
  if (plan.warnings.length > 0) context.say(['Taken, but to be looked at:', ...toldText(plan.warnings)].join('\n'));
  if (refused.length > 0) context.say(['Refused:', ...toldText(refused)].join('\n'));
  context.say(
    `${plan.new.length} new, ${plan.changed.length} changed, ${plan.unchanged} unchanged, ${refused.length} refused.`,
  );
}

export async function importCustomers(context: Context, file: string, options: Options): Promise<ExitCode> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new OutboxError('OBX003', { file, detail: wordsOf(error) }, error);
  });
  const { importCustomerFile } = await import('../../intake/customers/import.ts');
  const { store, settings } = await context.installation();
  const dryRun = options.dryRun ?? false;
  const parts = { store, settings: await settings() };
  const plan = await importCustomerFile({ bytes, file, map: options.map ?? null }, parts, dryRun);
  if (plan.unknownColumns.length > 0) context.warn(`Columns not used: ${plan.unknownColumns.join(', ')}`);
  context.print({ dryRun, ...plan });
  report(context, plan);
  if (dryRun) context.say('Nothing was imported (dry run).');
  return plan.refused.length > 0 ? 1 : 0;
}

export function registerCustomers(program: Command, act: Act): void {
  program
    .command('customers')
    .description('the directory of customers')
    .command('import')
    .argument('<file>', 'CSV with a header in any order (docs/customers.md)')
    .option('--dry-run', 'show what would change and change nothing')
    .addOption(new Option('--map <profile>', 'how the columns are named').choices(['plain', 'sage100']))
    .description('take customers from a file')
    .addHelpText(
      'after',
      examples(
        'outbox customers import customers.csv --dry-run',
        'outbox customers import AR_Customer.csv --map sage100',
      ),
    )
    .action(act(importCustomers));
}
