// What an import would do to the directory: new, changed, kept, refused. Pure; what is planned is written elsewhere.
import type { Customer } from '../../message/settings.ts';
import { customerFields } from './customer-row.ts';
import type { CustomerField, CustomerRow } from './customer-row.ts';
import { sameValue, writeValue } from './field-values.ts';
import { splitDuplicates } from './duplicates.ts';
import { warningsOf } from './warnings.ts';

export interface ImportContext {
  /** Code of the company whose directory it is. */
  company: string;
  /** "customers.csv, 2026-11-24". */
  source: string;
  /** ISO 3166 two letters: how bare fax numbers are read. */
  country: string;
  /** Codes of the document types that the settings know. */
  types: readonly string[];
}

/** A field of a customer that the import offers another value for, and that stays because a person gave it. */
export interface KeptField {
  customer: string;
  field: string;
  kept: string;
  offered: string;
  owner: string;
}

export interface RowRemark {
  line: number;
  customer: string;
  detail: string;
}

export interface CustomerPlan {
  new: Customer[];
  changed: { before: Customer; after: Customer; fields: string[] }[];
  unchanged: number;
  kept: KeptField[];
  /** Rows that are not taken. */
  refused: RowRemark[];
  /** Rows that are taken, though an address or a number in them can not be used: routing will block on it. */
  warnings: RowRemark[];
}

/**
 * What importing `rows` does to `current` (by customer number). Only fields that the file has are looked at, and a field that a person
 * gave is not overwritten. The plan of a second import of the same rows changes nothing.
 */
export function planCustomerImport(
  current: ReadonlyMap<string, Customer>,
  rows: readonly CustomerRow[],
  context: ImportContext,
): CustomerPlan {
  const { taken, refused } = splitDuplicates(rows);
  const warnings = taken.flatMap((row) => warningsOf(row, context.country, context.types));
  const plan: CustomerPlan = { new: [], changed: [], unchanged: 0, kept: [], refused, warnings };
  for (const row of taken) {
    const before = current.get(row.customer);
    if (before) planUpdate(plan, before, row, context);
    else plan.new.push(newCustomer(row, context));
  }
  return plan;
}

const importer = 'import';

function newCustomer({ customer, fields }: CustomerRow, { company, source }: ImportContext): Customer {
  const given = customerFields.filter((field) => fields[field] !== undefined);
  return {
    company,
    number: customer,
    name: '',
    class: null,
    language: null,
    timeZone: null,
    salesperson: null,
    email: [],
    fax: [],
    cc: [],
    bcc: [],
    deliver: {},
    note: { email: null, fax: null },
    ...fields,
    owners: Object.fromEntries(given.map((field) => [field, importer])),
    source,
  };
}

function planUpdate(plan: CustomerPlan, before: Customer, row: CustomerRow, { source }: ImportContext): void {
  const different = customerFields.filter((field) => {
    const offered = row.fields[field];
    return offered !== undefined && !sameValue(offered, before[field]);
  });
  const fields = different.filter((field) => ownerOf(before, field) === importer);
  for (const field of different) {
    if (!fields.includes(field)) plan.kept.push(keptField(before, row, field));
  }
  if (fields.length === 0) plan.unchanged += 1;
  else plan.changed.push({ before, after: updated(before, row, fields, source), fields });
}

/** A field that nobody gave is free for the import. */
const ownerOf = ({ owners }: Customer, field: CustomerField): string => owners[field] ?? importer;

function updated(before: Customer, row: CustomerRow, fields: CustomerField[], source: string): Customer {
  const offered = Object.fromEntries(fields.map((field) => [field, row.fields[field]])) as CustomerRow['fields'];
  const owners = Object.fromEntries(fields.map((field) => [field, importer]));
  return { ...before, ...offered, owners: { ...before.owners, ...owners }, source };
}

const keptField = (before: Customer, row: CustomerRow, field: CustomerField): KeptField => ({
  customer: row.customer,
  field,
  kept: writeValue(before[field]),
  offered: writeValue(row.fields[field] ?? null),
  owner: ownerOf(before, field),
});
