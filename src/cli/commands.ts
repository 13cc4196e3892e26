// The commands in the order of the help. Each file holds one; what it needs is loaded when it runs.
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { registerAdopt } from './commands/adopt.ts';
import { registerApply } from './commands/apply.ts';
import { registerBackup } from './commands/backup.ts';
import { registerCustomers } from './commands/customers.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDriver } from './commands/driver.ts';
import { registerExplainReply } from './commands/explain-reply.ts';
import { registerExport } from './commands/export.ts';
import { registerImport } from './commands/import.ts';
import { registerList } from './commands/list.ts';
import { registerOperations } from './commands/operations.ts';
import { registerResend } from './commands/resend.ts';
import { registerRun } from './commands/run.ts';
import { registerSend } from './commands/send.ts';
import { registerShow } from './commands/show.ts';
import { registerStart } from './commands/start.ts';
import { registerStatus } from './commands/status.ts';
import { registerSuppressions } from './commands/suppressions.ts';
import { registerTest } from './commands/test.ts';
import { registerTransports } from './commands/transports.ts';

const all: readonly ((program: Command, act: Act) => void)[] = [
  registerDemo,
  registerStart,
  registerApply,
  registerExport,
  registerCustomers,
  registerSend,
  registerImport,
  registerRun,
  registerStatus,
  registerList,
  registerShow,
  registerOperations,
  registerResend,
  registerTransports,
  registerSuppressions,
  registerTest,
  registerExplainReply,
  registerDriver,
  registerBackup,
  registerAdopt,
];

export function registerCommands(program: Command, act: Act): void {
  for (const register of all) register(program, act);
}
