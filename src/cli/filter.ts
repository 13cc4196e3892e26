// Which messages a command is about: the options that list, release, cancel and the others share.
import { type Command, Option } from 'commander';
import { OutboxError } from '../message/errors.ts';
import { type Status, statuses } from '../message/status.ts';
import type { MessageFilter } from '../store/messages.ts';
import { readNumber } from './number.ts';

export interface FilterOptions {
  status?: string;
  batch?: string;
  customer?: string;
  type?: string;
  search?: string;
  limit?: string;
}

export const addFilterOptions = (command: Command): Command =>
  command
    .addOption(new Option('--status <status>', 'only in this status').choices(statuses))
    .option('--batch <id>', 'only of this batch')
    .option('--customer <no>', 'only of this customer')
    .option('--type <type>', 'only of this document type')
    .option('--search <text>', 'part of a recipient, subject, customer or document number')
    .option('--limit <n>', 'at most so many');

export function filterOf({ limit, status, ...options }: FilterOptions): MessageFilter {
  return {
    ...options,
    ...(status === undefined ? {} : { status: status as Status }),
    ...(limit === undefined ? {} : { limit: readNumber(limit, 'The limit') }),
  };
}

/** A command that changes messages must be told which. @throws OBX016 */
export function demandFilter(ids: readonly string[], options: FilterOptions): void {
  if (ids.length > 0 || Object.values(options).some((value) => value !== undefined)) return;
  throw new OutboxError('OBX016', { detail: 'Which messages?', hint: 'Give ids, or --batch, or --status.' });
}
