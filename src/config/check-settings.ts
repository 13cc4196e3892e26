// The settings as the program uses them, made from the rows as they were written: checked, defaults filled in.
import type { Settings } from '../message/settings.ts';
import { checkEntry } from './check-entry.ts';
import { crossCheck } from './cross-check.ts';
import { refuseFaults } from './fault.ts';
import type { FaultAt, LineOf } from './fault.ts';
import { fillCompany, fillDocumentType, fillRule } from './fill.ts';
import { fillTransport } from './fill-transport.ts';
import { pathOf } from './raw-setting.ts';
import type { RawSetting, Section } from './raw-setting.ts';
import type { RawCompany, RawDocumentType, RawRule, RawTransport } from './schema.ts';
import { isInClear } from './secret-form.ts';
import { secretPlaces } from './secret-place.ts';

/** An entry that the schema has found good. */
interface Entry {
  name: string;
  value: unknown;
}

/** Stands in for a company that is missing or faulty, so that the rest can be looked at. */
const noCompany: RawCompany = { code: '', name: '', email: '' };

const byName = <T>(entries: readonly Entry[], fill: (entry: Entry) => T): Record<string, T> =>
  Object.fromEntries(entries.map((entry) => [entry.name, fill(entry)]));

const inOrder = (entries: readonly Entry[]): Entry[] =>
  entries.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));

function fillAll(good: (section: Section) => Entry[]): Settings {
  const company = good('company')[0]?.value ?? noCompany;
  return {
    company: fillCompany(company as RawCompany),
    documentTypes: byName(good('documentTypes'), ({ name, value }) => fillDocumentType(name, value as RawDocumentType)),
    transports: byName(good('transports'), ({ name, value }) => fillTransport(name, value as RawTransport)),
    rules: inOrder(good('rules')).map(({ value }) => fillRule(value as RawRule)),
    users: byName(good('users'), ({ value }) => value as Settings['users'][string]),
    hotFolders: inOrder(good('hotFolders')).map(({ value }) => value as Settings['hotFolders'][number]),
  };
}

const notSealed = (raw: readonly RawSetting[]): FaultAt[] =>
  raw.flatMap((setting) =>
    secretPlaces(setting).flatMap(({ keys, value }): FaultAt[] =>
      isInClear(value)
        ? [{ path: [...pathOf(setting), ...keys], detail: 'the secret is not sealed', hint: 'seal it first' }]
        : [],
    ),
  );

const missingCompany: FaultAt = {
  path: ['company'],
  detail: 'this is missing',
  hint: 'write company: with code, name and email',
};

/** Settings and every fault in them. With faults, the settings hold the sound entries only. */
export function examineSettings(raw: readonly RawSetting[]): { settings: Settings; faults: FaultAt[] } {
  const read = raw.map((setting) => ({ ...setting, ...checkEntry(setting) }));
  const sound = read.filter(({ faults }) => faults.length === 0);
  const settings = fillAll((section) => sound.filter((entry) => entry.section === section));
  const faults = [...read.flatMap((entry) => entry.faults), ...notSealed(raw), ...crossCheck(settings, raw)];
  return { settings, faults: raw.some(({ section }) => section === 'company') ? faults : [missingCompany, ...faults] };
}

/**
 * The settings of the program.
 * @param raw the rows as stored; secrets sealed or by reference
 * @param context where faults are told of a file: its name and lines
 * @throws SettingsError (OBX160) with every fault
 */
export function checkSettings(raw: readonly RawSetting[], context?: { file?: string; lineOf?: LineOf }): Settings {
  const { settings, faults } = examineSettings(raw);
  refuseFaults(context?.file ?? 'The settings', faults, context?.lineOf);
  return settings;
}
