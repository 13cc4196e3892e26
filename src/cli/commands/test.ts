// outbox test: tries a transport step by step, or sends a real test message through it.
import type { Command } from 'commander';
import { OutboxError } from '../../message/errors.ts';
import type { TestReport } from '../../message/transport.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode, Installation } from '../installation.ts';
import type { Act } from '../act.ts';

async function closeBreaker({ store }: Installation, name: string): Promise<void> {
  const { closed } = await import('../../dispatch/breaker.ts');
  await store.transports.setBreaker(closed(await store.transports.state(name)));
}

function report(context: Context, name: string, tested: TestReport): void {
  context.print({ transport: name, ...tested });
  for (const { step, ok, text, ms } of tested.steps) {
    context.say(`${ok ? '✔' : '✘'} ${step.padEnd(10)} ${text} (${Math.round(ms)} ms)`);
  }
  if (!tested.ok || tested.steps.length === 0) context.say(`\n${tested.transcript}`);
}

async function test(context: Context, name: string, options: { to?: string }): Promise<ExitCode> {
  const installation = await context.installation();
  const settings = await installation.settings();
  const wanted = settings.transports[name];
  if (!wanted) {
    const hint = `The settings know: ${Object.keys(settings.transports).join(', ') || 'none'}.`;
    throw new OutboxError('OBX009', { what: 'transport', id: name, hint });
  }
  const { checkTestAddress, sendTestMessage } = await import('../test-message.ts');
  if (options.to !== undefined) checkTestAddress(settings, wanted, options.to);
  const transport = await installation.transport(wanted);
  try {
    const { email } = settings.company;
    const tested = await transport.test({ sender: email, recipient: options.to?.includes('@') ? options.to : email });
    const sent = tested.ok && options.to ? await sendTestMessage(transport, settings, wanted, options.to) : null;
    const whole = sent ? { ok: sent.ok, steps: [...tested.steps, ...sent.steps], transcript: sent.transcript } : tested;
    report(context, name, whole);
    if (whole.ok) await closeBreaker(installation, name);
    return whole.ok ? 0 : 1;
  } finally {
    await transport.close();
  }
}

export function registerTest(program: Command, act: Act): void {
  program
    .command('test')
    .argument('<transport>', 'as named in the settings')
    .option('--to <address>', 'send a real test message to this address or number')
    .description('try a transport step by step')
    .addHelpText('after', examples('outbox test office', 'outbox test efax --to "+1 414 555 0134"'))
    .action(act(test));
}
