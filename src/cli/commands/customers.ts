// outbox customers import: the directory from a file; shows new, changed, kept and refused rows.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import type { CustomerPlan } from '../../intake/customers/plan.ts';
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

function report(context: Context, plan: CustomerPlan, refused: readonly Told[]): void {
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
  const { readCustomerFile } = await import('../../intake/customers/read.ts');
  const { planCustomerImport } = await import('../../intake/customers/plan.ts');
  const { store, settings } = await context.installation();
  const { company, documentTypes } = await settings();
  const read = readCustomerFile(bytes, options.map ?? null, file);
  const source = `${basename(file)}, ${new Date().toISOString().slice(0, 10)}`;
  const current = await store.customers.all(company.code);
  const plan = planCustomerImport(current, read.rows, {
    company: company.code,
    source,
    country: company.country,
    types: Object.keys(documentTypes),
  });
  const refused = [...read.refused, ...plan.refused].toSorted((a, b) => a.line - b.line);
  const dryRun = options.dryRun ?? false;
  if (!dryRun) {
    const changed = [...plan.new, ...plan.changed.map(({ after }) => after)];
    await store.customers.save(changed, Date.now(), `import ${basename(file)}`, () => `imported from ${source}`);
  }
  if (read.unknownColumns.length > 0) context.warn(`Columns not used: ${read.unknownColumns.join(', ')}`);
  context.print({ dryRun, ...plan, refused, unknownColumns: read.unknownColumns });
  report(context, plan, refused);
  if (dryRun) context.say('Nothing was imported (dry run).');
  return refused.length > 0 ? 1 : 0;
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
