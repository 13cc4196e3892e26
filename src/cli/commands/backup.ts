// outbox backup and outbox restore: one archive of everything, taken while the service works.
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Act } from '../act.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import { readVersion } from '../version.ts';

async function backup(context: Context, file: string): Promise<ExitCode> {
  const { store, data } = await context.installation();
  const { writeBackup } = await import('../../store/backup/backup.ts');
  const { engine } = store;
  const note = { version: readVersion(), madeAt: new Date().toISOString(), host: hostname(), engine };
  const files = await writeBackup(store, data, note, resolve(file));
  context.print({ file: resolve(file), files, ...note });
  context.say(`${file} holds ${engine === 'sqlite' ? 'the database, ' : ''}the key and ${files} files of documents.`);
  context.say('It can open the sealed passwords: keep it as you keep them.');
  if (engine === 'postgres') context.warn('The database is not in it: pg_dump it too, before this.');
  return 0;
}

async function restore(context: Context, file: string): Promise<ExitCode> {
  const { restoreBackup } = await import('../../store/backup/backup.ts');
  const note = await restoreBackup(resolve(file), context.data);
  context.print({ data: context.data, sends: false, ...note });
  context.say(`${context.data} is as it was on ${note.host} at ${note.madeAt}.`);
  const next =
    note.engine === 'sqlite'
      ? 'It takes in, and does not send until you say so: outbox adopt'
      : 'The database is not in this backup: restore it with pg_restore. Then it does not send until you say so: outbox adopt';
  context.warn(next);
  return 0;
}

export function registerBackup(program: Command, act: Act): void {
  program
    .command('backup')
    .argument('<file>', 'to be made: a tar archive')
    .description('one archive of everything, while it works')
    .addHelpText('after', examples('outbox backup /backup/outbox-2026-12-01.tar'))
    .action(act(backup));
  program
    .command('restore')
    .argument('<file>', 'that outbox backup has made')
    .description('make an empty data folder what a backup holds; it does not send until outbox adopt')
    .addHelpText('after', examples('outbox --data /var/lib/outbox restore /backup/outbox-2026-12-01.tar'))
    .action(act(restore));
}
