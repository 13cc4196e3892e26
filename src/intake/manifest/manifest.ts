// What a manifest says: the documents of one run, row by row, and the control total. The same whatever its format.

export type ManifestFormat = 'csv' | 'json' | 'xml';

export const mandatoryColumns = ['file', 'type', 'number', 'customer'] as const;
export const optionalColumns = [
  'date',
  'due',
  'company',
  'name',
  'amount',
  'currency',
  'po',
  'salesperson',
  'language',
  'email',
  'fax',
  'note',
  'subject',
  'group',
  'key',
] as const;
export type ManifestColumn = (typeof mandatoryColumns)[number] | (typeof optionalColumns)[number];
export const manifestColumns: readonly ManifestColumn[] = [...mandatoryColumns, ...optionalColumns];

export const isManifestColumn = (name: string): name is ManifestColumn =>
  (manifestColumns as readonly string[]).includes(name);

export interface ManifestRow {
  /** 1 is the first document. */
  row: number;
  /** Relative to the manifest's folder. */
  file: string;
  type: string;
  /** Verbatim; empty when the document has none. */
  number: string;
  /** Verbatim; empty when unknown. */
  customer: string;
  /** ISO date. */
  date: string | null;
  /** ISO date. */
  due: string | null;
  company: string | null;
  name: string | null;
  /** Decimal as text, with a point. */
  amount: string | null;
  currency: string | null;
  po: string | null;
  salesperson: string | null;
  language: string | null;
  note: string | null;
  subject: string | null;
  group: string | null;
  key: string | null;
  email: string[];
  fax: string[];
}

export interface RefusedRow {
  row: number;
  /** What is wrong, in words. */
  detail: string;
  /** What to do. */
  hint: string;
}

export interface ControlTotal {
  count: number;
  /** Decimal as text, with a point; null when the run gives none. */
  amount: string | null;
}

export interface Manifest {
  format: ManifestFormat;
  rows: ManifestRow[];
  refused: RefusedRow[];
  total: ControlTotal | null;
  /** Names of columns that mean nothing here, in small letters. */
  unknownColumns: string[];
}

/** One document as its format wrote it, before any check. */
export interface RawRow {
  row: number;
  cells: Readonly<Partial<Record<ManifestColumn, string>>>;
}

/** What each format's reader hands over. */
export interface RawManifest {
  /** Names in small letters. */
  columns: string[];
  rows: RawRow[];
  refused: RefusedRow[];
  total: { count: string; amount: string } | null;
}
