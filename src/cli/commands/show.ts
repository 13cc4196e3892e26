// outbox show: one message with its why, its history, its transcript, or its exact bytes.
import type { Command } from 'commander';
import type { Document, Event, Message } from '../../message/message.ts';
import { splitNext } from '../../message/advice.ts';
import { messageAsJson } from '../../message/json.ts';
import { sentenceOf } from '../../message/reasons.ts';
import { adviceFor, statusText } from '../describe.ts';
import { examples } from '../examples.ts';
import { readId } from '../ids.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';

interface Options {
  transcript?: boolean;
  eml?: boolean;
}

const replyText = ({ lastReply }: Message): string =>
  lastReply ? [lastReply.code, lastReply.enhanced, lastReply.text].filter((part) => part !== null).join(' ') : '';

const documentText = ({ type, number, pages, file, fault }: Document): string =>
  `${type} ${number || '(no number)'}, ${fault ? sentenceOf(fault) : `${pages} page${pages === 1 ? '' : 's'}`} (${file})`;

function describe(message: Message, documents: readonly Document[]): string {
  const rows: [string, string][] = [
    ['Message', message.id],
    ['Status', statusText(message, Date.now())],
    ['Reason', message.reason ? sentenceOf(message.reason) : ''],
    ['Detail', splitNext(message.detail ?? '').matter],
    ['Next step', adviceFor(message)],
    ['Recipient', `${message.recipient} (${message.channel}, ${message.role})`],
    ['Why', `${message.why.text} [${message.why.level}: ${message.why.source}]`],
    ['Subject', message.subject],
    ['Customer', message.customer],
    ['Transport', message.transport ?? ''],
    ['Last reply', replyText(message)],
    ['Tries', String(message.tries)],
    ['Due', message.dueAt === null ? '' : new Date(message.dueAt).toISOString()],
    ['Resend of', message.resendOf ?? ''],
    ...documents.map((document): [string, string] => ['Document', documentText(document)]),
  ];
  return rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${`${name}:`.padEnd(12)}${value}`)
    .join('\n');
}

const historyText = (events: readonly Event[]): string =>
  events.map(({ at, what, by, text }) => `${new Date(at).toISOString()}  ${what.padEnd(10)} ${by}: ${text}`).join('\n');

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

async function show(context: Context, written: string, options: Options): Promise<ExitCode> {
  const installation = await context.installation();
  const { messages, events } = installation.store;
  const id = await readId(installation.store, written);
  const message = (await messages.get(id))!;
  if (options.eml) {
    const { mailBytes } = await import('../../desk/mail-bytes.ts');
    process.stdout.write(await mailBytes(installation, message));
    return 0;
  }
  const documents = (await messages.documentsOf([id])).get(id) ?? [];
  const history = await events.of('message', id);
  const attempts = await messages.attemptsOf(id);
  context.print({
    ...messageAsJson(message, documents),
    history: history.map((event) => ({ ...event, at: isoOf(event.at) })),
    attempts: attempts.map((one) => ({ ...one, startedAt: isoOf(one.startedAt), endedAt: isoOf(one.endedAt) })),
  });
  context.say(`${describe(message, documents)}\n\nHistory:\n${historyText(history)}`);
  if (!options.transcript) return 0;
  for (const { number, startedAt, transport, result, transcript } of attempts) {
    const head = `Attempt ${number} through ${transport}, ${new Date(startedAt).toISOString()}, ${result ?? 'under way'}`;
    context.say(`\n${head}\n${transcript ?? '(no transcript)'}`);
  }
  return 0;
}

export function registerShow(program: Command, act: Act): void {
  program
    .command('show')
    .argument('<id>', 'of a message, or the end of one')
    .option('--transcript', 'with the dialogue of every attempt')
    .option('--eml', 'write the exact bytes that are or were sent')
    .description('show one message')
    .addHelpText('after', examples('outbox show 1f2e3d4c --transcript', 'outbox show 1f2e3d4c --eml > message.eml'))
    .action(act(show));
}
