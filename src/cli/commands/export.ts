// outbox export: the settings as text; secrets are never in it.
import type { Command } from 'commander';
import { rawOf } from '../../desk/raw-settings.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';

async function exportAll(context: Context, options: { customers?: boolean }): Promise<ExitCode> {
  const { exportSettings } = await import('../../config/export-settings.ts');
  const { store, settings } = await context.installation();
  const raw = await rawOf(store);
  const customers = options.customers ? [...(await store.customers.all((await settings()).company.code)).values()] : [];
  const text = exportSettings(raw, customers);
  context.print({ settings: text });
  if (!context.json) process.stdout.write(text);
  return 0;
}

export function registerExport(program: Command, act: Act): void {
  program
    .command('export')
    .option('--customers', 'with the directory of customers')
    .description('write the settings as YAML; secrets are left out')
    .addHelpText('after', examples('outbox export > outbox.yaml', 'outbox export --customers > everything.yaml'))
    .action(act(exportAll));
}
