// One row of a manifest: checks what its fields say and turns them into the types of the rest of the program.
import { controlCharacter } from '../../message/control-characters.ts';
import { readEmailList, readFaxList } from '../../message/address-list.ts';
import { expectedAmount, readAmount } from './amount.ts';
import { expectedDate, readDate } from './date.ts';
import { manifestColumns } from './manifest.ts';
import type { ManifestColumn, ManifestRow, RawRow, RefusedRow } from './manifest.ts';

/** The row, or why it can not be taken. */
export function checkRow(raw: RawRow): ManifestRow | RefusedRow {
  const cell = (column: ManifestColumn): string => raw.cells[column]?.trim() ?? '';
  const fault = fieldFault(cell) ?? valueFault(cell);
  if (fault) return { row: raw.row, ...fault };
  const optional = (column: ManifestColumn): string | null => cell(column) || null;
  return {
    row: raw.row,
    file: cell('file'),
    type: cell('type'),
    number: cell('number'),
    customer: cell('customer'),
    date: readDate(cell('date')),
    due: readDate(cell('due')),
    company: optional('company'),
    name: optional('name'),
    amount: readAmount(cell('amount'), optional('currency')),
    currency: optional('currency'),
    po: optional('po'),
    salesperson: optional('salesperson'),
    language: optional('language'),
    note: optional('note')?.replace(/\r\n?/g, '\n') ?? null,
    subject: optional('subject'),
    group: optional('group'),
    key: optional('key'),
    email: readEmailList(cell('email')),
    fax: readFaxList(cell('fax')),
  };
}

export const isRefused = (row: ManifestRow | RefusedRow): row is RefusedRow => 'detail' in row;

type Cell = (column: ManifestColumn) => string;
type Fault = Omit<RefusedRow, 'row'>;

/** A note may have lines and tabs; a line break in any other field could add lines to the header of an email. */
function fieldFault(cell: Cell): Fault | null {
  for (const column of manifestColumns) {
    const text = column === 'note' ? cell(column).replace(/[\r\n\t]/g, '') : cell(column);
    const found = controlCharacter(text);
    if (found) return { detail: `${column} holds a control character (${found})`, hint: 'Take it out of the field.' };
  }
  return null;
}

function valueFault(cell: Cell): Fault | null {
  for (const column of ['file', 'type'] as const) {
    if (cell(column) === '') return { detail: `${column} is empty`, hint: `Fill in ${column}.` };
  }
  for (const column of ['date', 'due'] as const) {
    if (cell(column) !== '' && readDate(cell(column)) === null) {
      return { detail: `${column} "${cell(column)}" is not a date`, hint: expectedDate };
    }
  }
  if (cell('amount') !== '' && readAmount(cell('amount'), cell('currency') || null) === null) {
    return { detail: `amount "${cell('amount')}" is not an amount, or can be read in two ways`, hint: expectedAmount };
  }
  return null;
}
