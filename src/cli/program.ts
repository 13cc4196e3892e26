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

/** A path here would quietly become a second, empty database. The address itself may hold a password. @throws OBX016 */
function databaseOf(option: string | undefined, variable: string | null): string | null {
  const database = option ?? variable;
  if (database === null || /^postgres(?:ql)?:\/\//.test(database)) return database;
  const name = option === undefined ? 'OUTBOX_DATABASE' : '--database';
  const hint = 'Write postgres://USER:PASSWORD@HOST/NAME, or leave it out: then it is SQLite in the data folder.';
  throw new OutboxError('OBX016', { detail: `${name} is no address of a PostgreSQL database.`, hint });
}

/** Reads the global options when they are needed: they may stand before or after the command's name. */
function makeContext(options: GlobalOptions, open: OpenInstallation): Context & { close(): Promise<void> } {
  const environment = readEnvironment();
  const data = resolve(options.data ?? environment.data);
  const database = databaseOf(options.database, environment.database);
  let opened: Promise<Installation> | null = null;
  return {
    data,
    json: options.json ?? false,
    by: userName(),
    installation: () => (opened ??= open(data, database)),
    say: (text) => void (options.json || process.stdout.write(`${text}\n`)),
    print: (value) => void (options.json && process.stdout.write(`${JSON.stringify(value)}\n`)),
    warn: (text) => void process.stderr.write(`${text}\n`),
    async close() {
      const installation = await opened?.catch(() => null);
      await installation?.close();
    },
  };
}

/** What stopped the work of a part tells the person more than that the part stopped. */
function outboxErrorIn(error: unknown): OutboxError | null {
  if (error instanceof OutboxError) return error;
  return error instanceof Error ? outboxErrorIn(error.cause) : null;
}

/** Commander has told the person already; a script gets it as JSON. */
function tellUsage({ exitCode, code, message }: CommanderError, json: boolean): ExitCode {
  if (exitCode === 0) return 0;
  const words = code === 'commander.help' ? 'No command was named.' : message.replace(/^error: /, '');
  const error = { code: 'OBX016', message: words, hint: 'outbox help COMMAND shows how.' };
  if (json) process.stdout.write(`${JSON.stringify({ error })}\n`);
  return 2;
}

/** One JSON object, or words and a next step. */
function tell(thrown: unknown, json: boolean): ExitCode {
  const error = outboxErrorIn(thrown);
  if (!error) {
    const words = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
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
  const words = shieldDriverArguments(given);
  await registerCommands(program, act, words);
  const end = words.indexOf('--');
  // Not as commander read it: it may have stopped before.
  const json = words.slice(0, end < 0 ? words.length : end).includes('--json');
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return error instanceof CommanderError ? tellUsage(error, json) : tell(error, json);
  }
}
