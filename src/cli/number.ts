// Numbers as people write them on a command line.
import { OutboxError } from '../message/errors.ts';

/** For commands that ask for a number. @throws OBX016 */
export function readNumber(written: string, what: string): number {
  const number = Number(written);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new OutboxError('OBX016', {
    detail: `${what} "${written}" is not a whole number.`,
    hint: 'Write it in digits.',
  });
}
