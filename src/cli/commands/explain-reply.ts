// outbox explain-reply: what an answer of a mail system means: who is to blame, what Outbox does, what a person does.
import { type Command, Option } from 'commander';
import { splitNext } from '../../message/advice.ts';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { FaultClass } from '../../message/transport.ts';
import type { SmtpPhase } from '../../transport/smtp/fault.ts';
import type { Reply } from '../../transport/smtp/reply.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { presetNamed } from '../preset-named.ts';

const steps: readonly SmtpPhase[] = ['greeting', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'dot'];

const pauses = 'The transport pauses, and goes on by itself. All messages wait; none loses a try.';
const stops = 'The transport stops until something is changed. All messages wait; none loses a try.';
const effects: Record<FaultClass, string> = {
  connect: pauses,
  tls: pauses,
  throttle: pauses,
  quota: pauses,
  protocol: pauses,
  auth: stops,
  configuration: stops,
  temporary: 'This message is tried again later. The others go on.',
  permanent: 'This message fails. The others go on.',
  driver: 'This message fails. The others go on.',
};

async function read(line: string): Promise<Reply> {
  const { createReplyReader } = await import('../../transport/smtp/reply.ts');
  const refuse = (detail: string, cause?: unknown) => new OutboxError('OBX190', { detail }, cause);
  let reply: Reply | undefined;
  try {
    reply = createReplyReader().feed(Buffer.from(`${line.trim()}\r\n`))[0];
  } catch (error) {
    throw refuse(wordsOf(error), error);
  }
  if (!reply || reply.code < 400) throw refuse(line);
  return reply;
}

const pauseText = (ms: number): string => (ms < 60_000 ? `${ms / 1000} seconds` : `${Math.round(ms / 60_000)} minutes`);

async function explain(
  context: Context,
  line: string,
  options: { preset?: string; at?: SmtpPhase },
): Promise<ExitCode> {
  const { judgeReply } = await import('../../transport/smtp/replies.ts');
  const { likelyPhase } = await import('../../transport/smtp/knowledge/judge.ts');
  const reply = await read(line);
  const named = options.preset === undefined ? null : presetNamed(options.preset);
  const origin = { preset: named?.name ?? null, host: named?.preset.host ?? '' };
  const at = options.at ?? likelyPhase(reply, origin);
  const { text, blame, fault, permanent, reason, retryAfterMs } = judgeReply(at, reply, origin);
  const { matter, next } = splitNext(text);
  const least = retryAfterMs === undefined ? '' : ` At least ${pauseText(retryAfterMs)}.`;
  const effect = `${effects[fault]}${least}`;
  context.print({ at, blame, fault, permanent, reason, text: matter, effect, nextStep: next, retryAfterMs });
  context.say(matter);
  context.say(`Blamed:     ${blame === 'message' ? 'this message' : 'the transport'} (${fault}; at ${at})`);
  context.say(`Effect:     ${effect}`);
  context.say(`Next step:  ${next}`);
  return 0;
}

export function registerExplainReply(program: Command, act: Act): void {
  program
    .command('explain-reply')
    .argument('<reply>', 'as the mail system said it, with its code')
    .option('--preset <name>', 'who said it (outbox transports presets)')
    .addOption(new Option('--at <step>', 'the step that it answered (default: the likely one)').choices(steps))
    .description('say what an answer of a mail system means')
    .addHelpText(
      'after',
      examples(
        'outbox explain-reply "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."',
        'outbox explain-reply "454 Throttling failure: Daily message quota exceeded" --preset ses --at dot',
      ),
    )
    .action(act(explain));
}
