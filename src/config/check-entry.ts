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
  graphSchema,
  hotFolderSchema,
  outlookFileSchema,
  outlookGraphSchema,
  outlookImapSchema,
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

/** Outlook has a schema for each of its ways. */
const transportKinds = { smtp: smtpSchema, driver: driverSchema, graph: graphSchema, outlook: outlookFileSchema };
/** Of the kind outlook, by its way. */
const draftWays = { graph: outlookGraphSchema, imap: outlookImapSchema, file: outlookFileSchema };

/** Names are typed on the command line and stand in addresses of pages. */
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** One word of a transport that says what other keys it has. */
function chosen<T>(value: Record<string, unknown>, key: string, of: Record<string, T>, path: Path): T | FaultAt {
  const word = value[key];
  const at = [...path, key];
  const possible = `possible: ${Object.keys(of).join(', ')}`;
  if (word === undefined) return { path: at, detail: 'this is missing', hint: possible };
  const found = typeof word === 'string' && Object.hasOwn(of, word) ? of[word] : undefined;
  if (found !== undefined) return found;
  const detail = key === 'kind' ? 'this kind of transport is not known' : 'this is not known';
  return { path: at, detail, hint: typeof word === 'string' ? suggest(word, Object.keys(of)) : possible };
}

/** The schema for an entry, or why there is none. */
function schemaFor({ section, name, value }: RawSetting, path: Path): z.ZodType | FaultAt {
  if (!isSection(section)) return { path, detail: 'unknown key', hint: suggest(section, [...sections, 'customers']) };
  if (sectionForm[section] === 'named' && !nameForm.test(name)) {
    return { path, detail: 'this can not be a name', hint: 'letters, digits and . _ - @ +, at most 64' };
  }
  if (section !== 'transports') return schemas[section];
  if (!isMapping(value)) return smtpSchema;
  if (value['kind'] === 'outlook') return chosen<z.ZodType>(value, 'by', draftWays, path);
  return chosen<z.ZodType>(value, 'kind', transportKinds, path);
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
