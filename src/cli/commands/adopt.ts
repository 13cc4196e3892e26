// outbox adopt: a copied or restored installation becomes one of its own, and sends.
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { OutboxError } from '../../message/errors.ts';
import type { Act } from '../act.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';

/** @throws OBX041 where nobody can be asked */
async function isSure(context: Context): Promise<boolean> {
  if (!process.stdin.isTTY || context.json) throw new OutboxError('OBX041', {});
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await asked.question('Shall this installation send from now on? Type yes: ')).trim() === 'yes';
  } finally {
    asked.close();
  }
}

async function adopt(context: Context, options: { yes?: boolean }): Promise<ExitCode> {
  const { identity, store } = await context.installation();
  const fault = await identity.fault();
  if (fault === null) {
    context.print({ adopted: false });
    context.say('This is no copy: it sends already.');
    return 0;
  }
  const counts = await store.messages.counts(null);
  const waiting = counts.filter(({ status }) => status === 'queued').reduce((sum, { count }) => sum + count, 0);
  context.say(fault.message);
  context.say(
    waiting === 0
      ? 'Nothing is queued.'
      : `${waiting} are queued. What the original has sent since, this one does not know, and would send again.\nTo look at them first: outbox hold --status queued`,
  );
  if (!options.yes && !(await isSure(context))) return 3;
  await identity.adopt(context.by, Date.now());
  context.print({ adopted: true, queued: waiting });
  context.say('It is an installation of its own now, and sends.');
  return 0;
}

export function registerAdopt(program: Command, act: Act): void {
  program
    .command('adopt')
    .option('--yes', 'do not ask')
    .description('let a copied or restored installation send')
    .addHelpText('after', examples('outbox adopt', 'outbox adopt --yes'))
    .action(act(adopt));
}
