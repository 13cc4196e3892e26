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
import { select } from '../select.ts';

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
    const { isMeant, operateOnAll } = await import('../../intake/operations.ts');
    const selected = await select(context, ids, options);
    const named = ids.length > 0 || options.status !== undefined;
    const messages = named ? selected : selected.filter((message) => isMeant(verb, message));
    const parts = await intakeParts(context);
    const done = new Map<string, Done>();
    const progress = startProgress('Messages', messages.length);
    try {
      await operateOnAll(verb, messages, parts, ({ id }, one) => progress.show(done.set(id, one).size));
    } finally {
      progress.end();
      // Also when it ends in the middle: what is done is done.
      await report(context, done, parts);
    }
    return [...done.values()].every((one) => one.done) ? 0 : 1;
  };

/** Ids that one question holds. */
const asked = 1_000;

async function report(context: Context, done: ReadonlyMap<string, Done>, { store }: IntakeParts): Promise<void> {
  const results: Result[] = [];
  const ids = [...done.keys()];
  for (let at = 0; at < ids.length; at += asked) {
    for (const message of await store.messages.find({ ids: ids.slice(at, at + asked) })) {
      results.push({ id: message.id, status: statusText(message), ...done.get(message.id)! });
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
