// outbox release, hold, cancel, retry: what a person does to messages that are not final.
import type { Command } from 'commander';
import type { Verb } from '../../intake/operations.ts';
import type { IntakeParts } from '../../intake/parts.ts';
import type { Done } from '../../intake/re-route.ts';
import { statusText } from '../describe.ts';
import { examples } from '../examples.ts';
import { addFilterOptions, type FilterOptions } from '../filter.ts';
import { shortId } from '../ids.ts';
import { intakeParts } from '../intake-parts.ts';
import type { Context, ExitCode } from '../installation.ts';
import { startProgress } from '../progress.ts';
import type { Act } from '../act.ts';
import { selectIds } from '../select.ts';

const descriptions: Record<Verb, string> = {
  release: 'let held messages go; look again at blocked ones',
  hold: 'stop messages for now',
  cancel: 'stop messages for good',
  retry: 'try waiting or uncertain messages now',
};

interface Result {
  id: string;
  done: boolean;
  status: string;
  text: string;
}

const operate =
  (verb: Verb) =>
  async (context: Context, ids: string[], options: FilterOptions): Promise<ExitCode> => {
    const { operateOnMany } = await import('../../intake/many.ts');
    const selected = await selectIds(context, ids, options);
    const named = ids.length > 0 || options.status !== undefined;
    const parts = await intakeParts(context);
    const done = new Map<string, Done>();
    const progress = startProgress('Messages', selected.length);
    try {
      await operateOnMany(verb, { ids: selected, named }, parts, ({ id }, one) =>
        progress.show(done.set(id, one).size),
      );
    } finally {
      progress.end();
      // Also when it ends in the middle: what is done is done.
      await report(context, done, parts);
    }
    return [...done.values()].every((one) => one.done) ? 0 : 1;
  };

async function report(context: Context, done: ReadonlyMap<string, Done>, { store }: IntakeParts): Promise<void> {
  const results: Result[] = [];
  for await (const messages of store.messages.portions([...done.keys()])) {
    for (const message of messages) {
      results.push({ id: message.id, status: statusText(message, Date.now()), ...done.get(message.id)! });
    }
  }
  context.print(results);
  for (const { id, done: isDone, status, text } of results) {
    context.say(`${shortId(id)}  ${status}${isDone ? '' : `  not done: ${text}`}`);
  }
  if (results.length === 0) context.say('No such messages.');
}

export function registerOperations(program: Command, act: Act): void {
  for (const verb of Object.keys(descriptions) as Verb[]) {
    addFilterOptions(program.command(verb))
      .argument('[id...]', 'of messages, or the ends of them')
      .description(descriptions[verb])
      .addHelpText('after', examples(`outbox ${verb} 1f2e3d4c`, `outbox ${verb} --batch BATCH`))
      .action(act(operate(verb)));
  }
}
