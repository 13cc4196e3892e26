// Numbers as people write them on a command line.
import { OutboxError } from '../message/errors.ts';

/** @throws OBX016 */
export function readPort(written: string): number {
  const port = readNumber(written, 'The port');
  if (port >= 1 && port <= 65_535) return port;
  throw new OutboxError('OBX016', { detail: `There is no port ${written}.`, hint: 'Write one from 1 to 65535.' });
}

/** For commands that ask for a number. @throws OBX016 */
export function readNumber(written: string, what: string): number {
  const number = Number(written);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new OutboxError('OBX016', {
    detail: `${what} "${written}" is not a whole number.`,
    hint: 'Write it in digits.',
  });
}
