// Reads a settings file: YAML into rows, each checked against the schema, every fault with its line.
import { checkEntry } from './check-entry.ts';
import { locate, SettingsError } from './fault.ts';
import type { FaultAt, LineOf, Path, SettingsFault } from './fault.ts';
import { readCustomers } from './listed-customer.ts';
import type { ListedCustomer } from './listed-customer.ts';
import { isMapping, isSection, nameOfPosition, sectionForm } from './raw-setting.ts';
import type { RawSetting, Section } from './raw-setting.ts';
import { readYaml } from './yaml-tree.ts';

export interface SettingsFile {
  /** As written; null where an entry is to be removed. */
  raw: RawSetting[];
  customers: ListedCustomer[];
  lineOf: LineOf;
}

/** The line of a path, or of the nearest thing around it in the same entry: a missing key has no line of its own. */
const nearestLine =
  (exact: LineOf): LineOf =>
  (path: Path) => {
    const least = path[0] === 'company' ? 1 : Math.min(2, path.length);
    for (let length = path.length; length >= least; length--) {
      const line = exact(path.slice(0, length));
      if (line !== null) return line;
    }
    return null;
  };

/** An empty list must say that nothing shall be left: a row without a name that removes. */
const emptied = (section: Section): RawSetting[] => [{ section, name: '', value: null }];

const notA = (section: string, what: string): FaultAt => ({
  path: [section],
  detail: `this must be ${what}`,
  hint: '',
});

function rowsOfList(section: Section, value: unknown): RawSetting[] | FaultAt {
  if (value === null) return emptied(section);
  if (!Array.isArray(value)) return notA(section, 'a list, each entry with a dash before it');
  if (value.length === 0) return emptied(section);
  return value.map((entry: unknown, index) => ({ section, name: nameOfPosition(index), value: entry ?? {} }));
}

function rowsOfNames(section: Section, value: unknown): RawSetting[] | FaultAt {
  if (value === null) return [];
  if (!isMapping(value)) return notA(section, 'a group of keys, each entry under its name');
  return Object.entries(value).map(([name, entry]) => ({ section, name, value: entry }));
}

function rowsOf(section: string, value: unknown): RawSetting[] | FaultAt {
  if (!isSection(section)) return [{ section, name: '', value }];
  if (sectionForm[section] === 'list') return rowsOfList(section, value);
  if (sectionForm[section] === 'named') return rowsOfNames(section, value);
  return [{ section, name: '', value: value ?? {} }];
}

/** The rows of the tree, and what is wrong with them; rows with faults are left out. */
function readSections(tree: Record<string, unknown>): { raw: RawSetting[]; faults: FaultAt[] } {
  const raw: RawSetting[] = [];
  const faults: FaultAt[] = [];
  for (const [section, value] of Object.entries(tree)) {
    if (section === 'customers') continue;
    const rows = rowsOf(section, value);
    if (!Array.isArray(rows)) {
      faults.push(rows);
      continue;
    }
    for (const row of rows) {
      const found = checkEntry(row).faults;
      faults.push(...found);
      raw.push(row);
    }
  }
  return { raw, faults };
}

/** Everything that a settings file says, with the faults beside it. Never throws. */
export function parseSettingsFile(text: string): { file: SettingsFile; faults: SettingsFault[]; broken: boolean } {
  const { value, lineOf: exact, faults: inYaml } = readYaml(text.replace(/^\uFEFF/, ''));
  const lineOf = nearestLine(exact);
  const nothing: SettingsFile = { raw: [], customers: [], lineOf };
  if (inYaml.length > 0) {
    const faults = inYaml.map(({ line, path, detail, hint }) => ({ line, path: path.join('.'), detail, hint }));
    return { file: nothing, faults, broken: true };
  }
  if (value !== null && !isMapping(value)) {
    const fault: SettingsFault = {
      line: 1,
      path: '',
      detail: 'this is no settings file',
      hint: 'it begins with company:',
    };
    return { file: nothing, faults: [fault], broken: true };
  }
  const { raw, faults } = readSections(value ?? {});
  const directory = readCustomers(value?.['customers']);
  const found = locate([...faults, ...directory.faults], lineOf);
  return { file: { raw, customers: directory.customers, lineOf }, faults: found, broken: false };
}

/**
 * Reads the text of a settings file.
 * @param file its name, for the person
 * @throws SettingsError (OBX160) with every fault of YAML and schema; what only shows when the whole is put together
 *   (a missing transport) is found by `checkSettings`
 */
export function readSettingsFile(text: string, file: string): SettingsFile {
  const read = parseSettingsFile(text);
  if (read.faults.length > 0) throw new SettingsError(file, read.faults);
  return read.file;
}
