// outbox users: who may sign in to the desk, and a new password for somebody who has forgotten the old one.
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { OutboxError } from '../../message/errors.ts';
import type { Act } from '../act.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import { writeTable } from '../table.ts';

async function list(context: Context): Promise<ExitCode> {
  const { store } = await context.installation();
  const accounts = await store.accounts.all();
  const rows = accounts.map(({ name, rights, disabledAt }) => ({
    name,
    role: rights?.role ?? null,
    anyAddress: rights?.anyAddress ?? false,
    disabled: disabledAt !== null,
  }));
  context.print(rows);
  const header = ['NAME', 'ROLE', 'MAY SIGN IN'];
  const cells = rows.map(({ name, role, disabled }) => [name, role ?? 'none', disabled ? 'no' : 'yes']);
  context.say(cells.length === 0 ? 'Nobody can sign in yet: outbox start prints a link.' : writeTable(header, cells));
  return 0;
}

/** Nothing that is mistaken for another when it is read out or copied by hand. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const group = (): string => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');

/** 20 of 31 letters: 99 bits. */
const newPassword = (): string => Array.from({ length: 4 }, group).join('-');

async function giveNewPassword(context: Context, name: string): Promise<ExitCode> {
  const { hashPassword } = await import('../../desk/password.ts');
  const { store } = await context.installation();
  const account = await store.accounts.named(name);
  if (account === null) throw new OutboxError('OBX248', { name });
  const password = newPassword();
  const deed = { by: context.by, at: Date.now() };
  await store.accounts.setPassword(account, await hashPassword(password), null, deed);
  if (account.disabledAt !== null) await store.accounts.setDisabled(account, false, deed);
  context.print({ name, password });
  context.say(`${name} signs in with ${password} from now on. All sessions of ${name} have ended.`);
  return 0;
}

export function registerUsers(program: Command, act: Act): void {
  const command = program.command('users').description('who may sign in to the desk');
  command.command('list', { isDefault: true }).description('show them, with their roles').action(act(list));
  command
    .command('password')
    .argument('<name>', 'of the user')
    .description('make a new password and show it once; a user that was disabled may sign in again')
    .addHelpText('after', examples('outbox users password anna'))
    .action(act(giveNewPassword));
}
