// Settings as they are stored: one row per entry, written as the person wrote it, defaults not filled in.

/** The sections of the settings, in the order in which they are exported. */
export const sections = ['company', 'documentTypes', 'transports', 'rules', 'users', 'hotFolders'] as const;
export type Section = (typeof sections)[number];

/** company has one entry without a name; a list is replaced whole, its entries are named 0000, 0001, ...; the rest goes by name. */
export const sectionForm: Readonly<Record<Section, 'single' | 'list' | 'named'>> = {
  company: 'single',
  documentTypes: 'named',
  transports: 'named',
  rules: 'list',
  users: 'named',
  hotFolders: 'list',
};

/** One row of the table `setting`. */
export interface RawSetting {
  section: string;
  /** Empty for company. */
  name: string;
  /** As written; null removes the entry when it is merged. */
  value: unknown;
}

export const isSection = (word: string): word is Section => Object.hasOwn(sectionForm, word);

/** Name of the entry of a list section at a position (0 = first). */
export const nameOfPosition = (position: number): string => String(position).padStart(4, '0');

/** The path of an entry as the settings file has it. */
export function pathOf({ section, name }: Pick<RawSetting, 'section' | 'name'>): (string | number)[] {
  if (name === '') return [section];
  return isSection(section) && sectionForm[section] === 'list' ? [section, Number(name)] : [section, name];
}

/** True for a plain object: a YAML mapping. */
export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path inside a raw value; undefined where there is none. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}
