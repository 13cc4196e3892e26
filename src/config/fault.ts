// A fault in the settings: where it is, what is wrong, what to write instead. All faults of a file are told at once.
import { OutboxError } from '../message/errors.ts';

/** Keys and list positions from the top of the settings file down. */
export type Path = readonly (string | number)[];

/** The line of the settings file that holds a path; null where the file does not speak of it. */
export type LineOf = (path: Path) => number | null;

export interface SettingsFault {
  /** 1 = first line; null for settings that do not come from a file. */
  line: number | null;
  /** Such as "documentTypes.invoice.grouping"; empty for the file as a whole. */
  path: string;
  detail: string;
  /** What to write instead; may be empty. */
  hint: string;
}

/** A fault before its line is looked up. */
export interface FaultAt {
  path: Path;
  detail: string;
  hint: string;
}

export const writePath = (path: Path): string => path.join('.');

export const locate = (faults: readonly FaultAt[], lineOf: LineOf = () => null): SettingsFault[] =>
  faults.map(({ path, detail, hint }) => ({ line: lineOf(path), path: writePath(path), detail, hint }));

/** One line for a person: "line 12, documentTypes.invoice.grupping: unknown key; did you mean grouping?" */
export function writeFault({ line, path, detail, hint }: SettingsFault): string {
  const place = [line === null ? '' : `line ${line}`, path].filter((part) => part !== '').join(', ');
  return `${place === '' ? '' : `${place}: `}${detail}${hint === '' ? '' : `; ${hint}`}`;
}

const byLine = (a: SettingsFault, b: SettingsFault): number =>
  (a.line ?? Infinity) === (b.line ?? Infinity) ? 0 : (a.line ?? Infinity) - (b.line ?? Infinity);

/** Thrown for settings that can not be taken. `faults` is for programs, the message for people. */
export class SettingsError extends OutboxError {
  readonly faults: readonly SettingsFault[];

  /** @param file what the person calls the settings: a file name, or "The settings" */
  constructor(file: string, faults: readonly SettingsFault[]) {
    const sorted = faults.toSorted(byLine);
    const count = sorted.length === 1 ? '1 fault' : `${sorted.length} faults`;
    super('OBX160', { file, count, faults: sorted.map((fault) => `  ${writeFault(fault)}`).join('\n') });
    this.faults = sorted;
  }
}

/** Throws a SettingsError where there are faults; does nothing where there are none. */
export function refuseFaults(file: string, faults: readonly FaultAt[], lineOf?: LineOf): void {
  if (faults.length > 0) throw new SettingsError(file, locate(faults, lineOf));
}
