// The options that every bench has.
import { parseArgs } from 'node:util';
import type { Result } from './result.ts';

export interface Options {
  /** Repetitions of every peer. */
  rounds: number;
  /** Documents or messages of one run; null: what the bench thinks right. */
  documents: number | null;
  /** Throttled: how many times faster than life the allowance is. */
  speed: number;
}

/** A bench, as the table of benches knows it. */
export type Bench = (options: Options) => Promise<Result[]>;

const number = (name: string, written: string): number => {
  const value = Number(written);
  if (!Number.isInteger(value) || value < 1)
    throw new TypeError(`--${name} is a whole number from 1 up, not ${written}`);
  return value;
};

/** @throws TypeError for options that are not there or are no numbers */
export function readOptions(args: readonly string[]): { names: string[]; options: Options } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      documents: { type: 'string' },
      speed: { type: 'string', default: '10' },
    },
  });
  const { rounds, documents, speed } = values;
  return {
    names: positionals,
    options: {
      rounds: number('rounds', rounds),
      documents: documents === undefined ? null : number('documents', documents),
      speed: number('speed', speed),
    },
  };
}
