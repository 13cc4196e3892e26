// Programs of Debian that a bench runs against, and what it says when they are not here.
import { existsSync } from 'node:fs';

export const smtpSource = '/usr/sbin/smtp-source';
export const postfixProgram = '/usr/sbin/postfix';

/** Says on stderr what is left out. */
export function isThere(path: string): boolean {
  if (existsSync(path)) return true;
  console.error(`no ${path} here: what is measured against it is left out`);
  return false;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/** A bench that can not run on this machine. */
export class NotPossible extends Error {}
