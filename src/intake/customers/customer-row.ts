// One row of a customer file: the fields that the file has a column for, and no others.
import type { Customer } from '../../message/settings.ts';

export const customerFields = [
  'name',
  'email',
  'fax',
  'cc',
  'bcc',
  'salesperson',
  'language',
  'timeZone',
  'class',
  'deliver',
] as const;
export type CustomerField = (typeof customerFields)[number];

/** A field that is not there is left as it is; an empty one is emptied. */
export type CustomerFields = Partial<Pick<Customer, CustomerField>>;

export interface CustomerRow {
  /** Line of the file. */
  line: number;
  /** Customer number, verbatim. */
  customer: string;
  fields: CustomerFields;
}

export type CustomerProfile = 'plain' | 'sage100';

export interface CustomerFile {
  rows: CustomerRow[];
  refused: { line: number; detail: string }[];
  profile: CustomerProfile;
  /** Names of columns that are not read, in small letters. */
  unknownColumns: string[];
}
