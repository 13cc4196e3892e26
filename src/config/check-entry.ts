// Checks one entry of the settings against the schema.
import type { z } from 'zod';
import type { FaultAt, Path } from './fault.ts';
import { isMapping, isSection, pathOf, sectionForm, sections } from './raw-setting.ts';
import type { RawSetting, Section } from './raw-setting.ts';
import { faultsOf } from './schema-fault.ts';
import {
  companySchema,
  documentTypeSchema,
  driverSchema,
  hotFolderSchema,
  ruleSchema,
  smtpSchema,
  userSchema,
} from './schema.ts';
import { suggest } from './suggest.ts';

const schemas = {
  company: companySchema,
  documentTypes: documentTypeSchema,
  rules: ruleSchema,
  users: userSchema,
  hotFolders: hotFolderSchema,
} satisfies Partial<Record<Section, z.ZodType>>;

const transportKinds = { smtp: smtpSchema, driver: driverSchema };
const kinds = Object.keys(transportKinds);

/** Names are typed on the command line and stand in addresses of pages. */
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** The schema for an entry, or why there is none. */
function schemaFor({ section, name, value }: RawSetting, path: Path): z.ZodType | FaultAt {
  if (!isSection(section)) return { path, detail: 'unknown key', hint: suggest(section, [...sections, 'customers']) };
  if (sectionForm[section] === 'named' && !nameForm.test(name)) {
    return { path, detail: 'this can not be a name', hint: 'letters, digits and . _ - @ +, at most 64' };
  }
  if (section !== 'transports') return schemas[section];
  const kind = isMapping(value) ? value['kind'] : undefined;
  if (kind === 'smtp' || kind === 'driver') return transportKinds[kind];
  if (!isMapping(value)) return smtpSchema;
  const kindPath = [...path, 'kind'];
  if (kind === undefined) return { path: kindPath, detail: 'this is missing', hint: `possible: ${kinds.join(', ')}` };
  const hint = typeof kind === 'string' ? suggest(kind, kinds) : `possible: ${kinds.join(', ')}`;
  return { path: kindPath, detail: 'this kind of transport is not known', hint };
}

/** What an entry says, and its faults; the value is undefined where there are faults. */
export function checkValue<T>(schema: z.ZodType<T>, value: unknown, path: Path): { value?: T; faults: FaultAt[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, faults: [] };
  return { faults: faultsOf(result.error.issues, path, value) };
}

/** The faults of one entry; null as its value (removal) has none. */
export function checkEntry(setting: RawSetting): { value?: unknown; faults: FaultAt[] } {
  const path = pathOf(setting);
  const schema = schemaFor(setting, path);
  if ('detail' in schema) return { faults: [schema] };
  return setting.value === null ? { faults: [] } : checkValue(schema, setting.value, path);
}
