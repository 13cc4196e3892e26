// outbox test: tries a transport step by step, or sends a real test message through it.
import type { Command } from 'commander';
import type { TestReport } from '../../message/transport.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';

function report(context: Context, name: string, tested: TestReport): void {
  context.print({ transport: name, ...tested });
  for (const { step, ok, text, ms } of tested.steps) {
    context.say(`${ok ? '✔' : '✘'} ${step.padEnd(10)} ${text} (${Math.round(ms)} ms)`);
  }
  if (!tested.ok || tested.steps.length === 0) context.say(`\n${tested.transcript}`);
}

async function test(context: Context, name: string, options: { to?: string }): Promise<ExitCode> {
  const { testTransport } = await import('../../desk/test-transport.ts');
  const tested = await testTransport(await context.installation(), name, options.to ?? null);
  report(context, name, tested);
  return tested.ok ? 0 : 1;
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
