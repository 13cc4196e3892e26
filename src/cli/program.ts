// The command line: global options, the commands, and what becomes of an error.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { OutboxError } from '../message/errors.ts';
import type { Context, ExitCode, Installation } from './installation.ts';
import type { Act } from './act.ts';
import { shieldDriverArguments } from './driver-arguments.ts';
import { registerCommands } from './commands.ts';
import { readVersion } from './version.ts';

const exitCodes = { usage: 2, unready: 3, failed: 1 } as const;

interface GlobalOptions {
  data?: string;
  json?: boolean;
  database?: string;
}

export type OpenInstallation = (data: string, database: string | null) => Promise<Installation>;

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'command line';
  }
}

/** Reads the global options when they are needed: they may stand before or after the command's name. */
function makeContext(options: GlobalOptions, open: OpenInstallation): Context & { close(): Promise<void> } {
  const environment = readEnvironment();
  const data = resolve(options.data ?? environment.data);
  let opened: Promise<Installation> | null = null;
  return {
    data,
    json: options.json ?? false,
    by: userName(),
    installation: () => (opened ??= open(data, options.database ?? environment.database)),
    say: (text) => void (options.json || process.stdout.write(`${text}\n`)),
    print: (value) => void (options.json && process.stdout.write(`${JSON.stringify(value)}\n`)),
    warn: (text) => void process.stderr.write(`${text}\n`),
    async close() {
      const installation = await opened?.catch(() => null);
      await installation?.close();
    },
  };
}

/** One JSON object, or words and a next step. */
function tell(error: unknown, json: boolean): ExitCode {
  if (!(error instanceof OutboxError)) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`Outbox itself failed. Please report this.\n${words}\n`);
    return 1;
  }
  const { code, message, hint } = error;
  const faults = 'faults' in error ? { faults: error.faults } : {};
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, hint, ...faults } })}\n`);
  else process.stderr.write(`${message}\n→ ${hint} (${code})\n`);
  return exitCodes[error.kind];
}

/**
 * Runs the command line.
 * @param given what stands behind the program's name
 * @returns the exit code
 */
export async function runCommandLine(given: readonly string[], open: OpenInstallation): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = new Command('outbox')
    .description('Sends the documents that a business system prints to the customers by email and fax.')
    .version(readVersion())
    .option('--data <dir>', 'the data folder (default: OUTBOX_DATA, or ./outbox-data)')
    .option('--database <url>', 'postgres://… instead of SQLite in the data folder (default: OUTBOX_DATABASE)')
    .option('--json', 'JSON on stdout, all else on stderr')
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .showHelpAfterError('(outbox help COMMAND shows how)');
  const act: Act =
    (run) =>
    async (...args) => {
      const context = makeContext(program.opts<GlobalOptions>(), open);
      try {
        code = await run(context, ...args);
      } finally {
        await context.close();
      }
    };
  registerCommands(program, act);
  try {
    await program.parseAsync(shieldDriverArguments(given), { from: 'user' });
    return code;
  } catch (error) {
    // Commander has told the person already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return tell(error, program.opts<GlobalOptions>().json ?? false);
  }
}
