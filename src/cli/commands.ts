// The commands in the order of the help. Each file holds one; the one that is asked for is loaded, and what it needs when it runs.
import type { Command } from 'commander';
import type { Act } from './act.ts';

type Register = (program: Command, act: Act) => void;

interface Entry {
  names: readonly string[];
  load(): Promise<Register>;
}

const all: readonly Entry[] = [
  { names: ['demo'], load: async () => (await import('./commands/demo.ts')).registerDemo },
  { names: ['start'], load: async () => (await import('./commands/start.ts')).registerStart },
  { names: ['apply'], load: async () => (await import('./commands/apply.ts')).registerApply },
  { names: ['export'], load: async () => (await import('./commands/export.ts')).registerExport },
  { names: ['customers'], load: async () => (await import('./commands/customers.ts')).registerCustomers },
  { names: ['send'], load: async () => (await import('./commands/send.ts')).registerSend },
  { names: ['import'], load: async () => (await import('./commands/import.ts')).registerImport },
  { names: ['run'], load: async () => (await import('./commands/run.ts')).registerRun },
  { names: ['status'], load: async () => (await import('./commands/status.ts')).registerStatus },
  { names: ['list'], load: async () => (await import('./commands/list.ts')).registerList },
  { names: ['show'], load: async () => (await import('./commands/show.ts')).registerShow },
  {
    names: ['release', 'hold', 'cancel', 'retry'],
    load: async () => (await import('./commands/operations.ts')).registerOperations,
  },
  { names: ['resend'], load: async () => (await import('./commands/resend.ts')).registerResend },
  { names: ['transports'], load: async () => (await import('./commands/transports.ts')).registerTransports },
  { names: ['suppressions'], load: async () => (await import('./commands/suppressions.ts')).registerSuppressions },
  { names: ['users'], load: async () => (await import('./commands/users.ts')).registerUsers },
  { names: ['test'], load: async () => (await import('./commands/test.ts')).registerTest },
  { names: ['explain-reply'], load: async () => (await import('./commands/explain-reply.ts')).registerExplainReply },
  { names: ['bounce'], load: async () => (await import('./commands/bounce.ts')).registerBounce },
  { names: ['driver'], load: async () => (await import('./commands/driver.ts')).registerDriver },
  { names: ['backup', 'restore'], load: async () => (await import('./commands/backup.ts')).registerBackup },
  { names: ['adopt'], load: async () => (await import('./commands/adopt.ts')).registerAdopt },
];

/** Global options that have a value behind them. */
const withValue = new Set(['--data', '--database']);

/** The first word that is no global option. */
function nameIn(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at++) {
    if (!words[at]!.startsWith('-')) return words[at];
    if (withValue.has(words[at]!)) at++;
  }
  return undefined;
}

/** @param words of the command line: the command that they name is hung in; without a known name, as for help, every one */
export async function registerCommands(program: Command, act: Act, words: readonly string[]): Promise<void> {
  const name = nameIn(words);
  const named = all.filter(({ names }) => name !== undefined && names.includes(name));
  const loaded = await Promise.all((named.length > 0 ? named : all).map(({ load }) => load()));
  for (const register of loaded) register(program, act);
}
