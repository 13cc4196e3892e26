// Customer files as Sage 100 exports AR_Customer: Visual Integrator, ODBC or Excel, with the names of its fields as header.
import { readEmailList, readFaxList } from '../../message/address-list.ts';
import type { CustomerFields } from './customer-row.ts';
import type { Cells, ReadRow } from './plain.ts';

/** Reports name the table before the field. */
export const sageName = (column: string): string => column.replace(/^ar_customer[._]/, '');

export const sageColumns: readonly string[] = [
  'ardivisionno',
  'customerno',
  'customername',
  'emailaddress',
  'faxno',
  'batchfax',
  'salespersondivisionno',
  'salespersonno',
];

export const isSage100 = (header: readonly string[]): boolean =>
  header.includes('ardivisionno') && header.includes('customerno');

/** Reads a row of AR_Customer; division and number make the customer number, "01-ABF". */
export function readSageRow(cells: Cells): ReadRow {
  const number = cells['customerno'] ?? '';
  if (number === '') return { ok: false, detail: 'CustomerNo is empty' };
  const division = cells['ardivisionno'] ?? '';
  if (division === '') return { ok: false, detail: 'ARDivisionNo is empty: without divisions it is 00' };
  return { ok: true, customer: `${twoDigits(division)}-${number}`, fields: fieldsOf(cells) };
}

/** Divisions are "00" to "99"; a spreadsheet between drops the leading zero. */
const twoDigits = (division: string): string => division.padStart(2, '0');

function fieldsOf(cells: Cells): CustomerFields {
  const fields: CustomerFields = {};
  const { customername, emailaddress, faxno, batchfax, salespersonno } = cells;
  if (customername !== undefined) fields.name = customername;
  if (emailaddress !== undefined) fields.email = readEmailList(emailaddress);
  if (faxno !== undefined) fields.fax = readFaxList(faxno);
  if (salespersonno !== undefined) fields.salesperson = salesperson(cells['salespersondivisionno'], salespersonno);
  // Who is not marked for batch fax gets what the company's rules say.
  if (batchfax !== undefined) fields.deliver = /^y/i.test(batchfax) ? { default: ['fax', 'email'] } : {};
  return fields;
}

function salesperson(division: string | undefined, number: string): string | null {
  if (number === '') return null;
  return division ? `${twoDigits(division)}-${number}` : number;
}
