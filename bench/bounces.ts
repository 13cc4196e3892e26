// The bounce parser alone, on one core: mails a second, and the slowest answer to a mail that is made to be slow.
import { limits } from '../src/tracking/bounce/mime/limits.ts';
import { readBounce } from '../src/tracking/bounce/read-bounce.ts';
import { endless, everyForm, placesFor } from '../test/support/bounce-mails.ts';
import { median, rounded } from './support/figures.ts';
import type { Options } from './support/options.ts';
import type { Result } from './support/result.ts';

/** CPU time and not the clock: other programs may have the core. */
function millisecondsFor(mails: readonly Buffer[]): number {
  const before = process.cpuUsage();
  for (const mail of mails) readBounce(mail);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** One of each form, over and over. */
function ordinary(count: number): Buffer[] {
  const forms = Object.values(everyForm).map((mail) => Buffer.from(mail));
  return Array.from({ length: count }, (_, at) => forms[at % forms.length]!);
}

const hostile = (): Buffer[] =>
  endless.flatMap((piece) =>
    placesFor(piece.repeat(Math.ceil(limits.bytes / piece.length))).map((mail) => Buffer.from(mail)),
  );

export function bounces({ rounds, documents }: Options): Promise<Result[]> {
  const count = documents ?? 20_000;
  const mails = ordinary(count);
  millisecondsFor(mails.slice(0, Math.ceil(count / 4)));
  const times = (work: () => number): number[] => Array.from({ length: rounds }, work);
  const rate = (count * 1_000) / median(times(() => millisecondsFor(mails)));
  const slowest = Math.max(...hostile().map((mail) => median(times(() => millisecondsFor([mail])))));
  return Promise.resolve([
    {
      what: 'mails that came back, read',
      outbox: `${rounded(rate)}/s`,
      peer: '',
      value: rate,
      unit: '/s',
      goal: 2_000,
      floor: 2_000,
      wanted: 'at least',
    },
    {
      what: 'slowest answer to a hostile megabyte',
      outbox: `${rounded(slowest)} ms`,
      peer: '',
      value: slowest,
      unit: 'ms',
      goal: 100,
      floor: 100,
      wanted: 'at most',
    },
  ]);
}
