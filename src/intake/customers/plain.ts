// Customer files in our own columns: customer, name, email, fax, cc, bcc, salesperson, language, timeZone, class, deliver.
import { readEmailList, readFaxList } from '../../message/address-list.ts';
import type { CustomerField, CustomerFields } from './customer-row.ts';
import { customerFields } from './customer-row.ts';
import { readDeliver } from './deliver.ts';

/** The cells of one row, by column name in small letters. */
export type Cells = Readonly<Record<string, string>>;

/** What one row says: a customer number and the fields with a column, or what makes it unusable. */
export type ReadRow = { ok: true; customer: string; fields: CustomerFields } | { ok: false; detail: string };

export const plainColumns: readonly string[] = ['customer', ...customerFields.map((field) => field.toLowerCase())];

/** Reads the cells of a row in our own columns. */
export function readPlainRow(cells: Cells): ReadRow {
  const customer = cells['customer'] ?? '';
  if (customer === '') return { ok: false, detail: 'it has no customer number' };
  const fields: CustomerFields = {};
  for (const field of customerFields) {
    const cell = cells[field.toLowerCase()];
    if (cell === undefined) continue;
    const detail = setField(fields, field, cell);
    if (detail) return { ok: false, detail };
  }
  return { ok: true, customer, fields };
}

/** What is wrong with the cell, or null. */
function setField(fields: CustomerFields, field: CustomerField, cell: string): string | null {
  switch (field) {
    case 'name':
      fields.name = cell;
      return null;
    case 'email':
    case 'cc':
    case 'bcc':
      fields[field] = readEmailList(cell);
      return null;
    case 'fax':
      fields.fax = readFaxList(cell);
      return null;
    case 'deliver':
      return setDeliver(fields, cell);
    default:
      fields[field] = cell || null;
      return null;
  }
}

function setDeliver(fields: CustomerFields, cell: string): string | null {
  const read = readDeliver(cell);
  if (!read.ok) return `deliver: ${read.detail}`;
  fields.deliver = read.deliver;
  return null;
}
