// Reads a customer file: finds out whose columns it has, and turns every usable row into fields of the directory.
import { controlCharacter } from '../../message/control-characters.ts';
import { OutboxError } from '../../message/errors.ts';
import { readTable } from '../table.ts';
import type { Table, TableRow } from '../table.ts';
import { decodeText } from '../text-decoding.ts';
import type { CustomerFile, CustomerProfile, CustomerRow } from './customer-row.ts';
import { plainColumns, readPlainRow } from './plain.ts';
import type { Cells, ReadRow } from './plain.ts';
import { isSage100, readSageRow, sageColumns, sageName } from './sage100.ts';

interface Reader {
  columns: readonly string[];
  mandatory: readonly string[];
  /** Our name for a column of the file. */
  nameOf(column: string): string;
  read(cells: Cells): ReadRow;
}

const readers: Record<CustomerProfile, Reader> = {
  plain: { columns: plainColumns, mandatory: ['customer', 'name'], nameOf: (name) => name, read: readPlainRow },
  sage100: { columns: sageColumns, mandatory: ['ardivisionno', 'customerno'], nameOf: sageName, read: readSageRow },
};

/**
 * Reads the customer file `bytes` of the name `file`; `profile` null: the header tells. A bad row is in `refused`; the rest goes on.
 * @throws OBX015 when it lacks a mandatory column, or has one twice
 */
export function readCustomerFile(bytes: Uint8Array, profile: CustomerProfile | null, file: string): CustomerFile {
  const table = readTable(decodeText(bytes).text);
  const chosen = profile ?? (isSage100(table.header.map(sageName)) ? 'sage100' : 'plain');
  const reader = readers[chosen];
  const header = table.header.map((name) => reader.nameOf(name));
  checkHeader(header, table, reader, file);
  const rows: CustomerRow[] = [];
  const refused = table.faults.map(({ line, detail }) => ({ line, detail }));
  for (const row of table.rows) {
    const read = readRow(row, reader);
    if (read.ok) rows.push({ line: row.line, customer: read.customer, fields: read.fields });
    else refused.push({ line: row.line, detail: read.detail });
  }
  const unknownColumns = header.filter((name) => name !== '' && !reader.columns.includes(name));
  return { rows, refused: refused.toSorted((a, b) => a.line - b.line), profile: chosen, unknownColumns };
}

function checkHeader(header: string[], { repeated }: Table, reader: Reader, file: string): void {
  const missing = reader.mandatory.filter((name) => !header.includes(name));
  const hint = `The first line must name ${reader.mandatory.join(' and ')}. Known besides: ${reader.columns.filter((name) => !reader.mandatory.includes(name)).join(', ')}.`;
  if (header.length === 0) throw new OutboxError('OBX015', { file, detail: 'there is nothing in it', hint });
  if (missing.length > 0) {
    throw new OutboxError('OBX015', { file, detail: `the column ${missing.join(', ')} is missing`, hint });
  }
  const twice = repeated.find((name) => reader.columns.includes(reader.nameOf(name)));
  if (twice === undefined) return;
  throw new OutboxError('OBX015', { file, detail: `the column ${twice} stands twice`, hint: 'Rename one of them.' });
}

function readRow({ cells }: TableRow, reader: Reader): ReadRow {
  const named = Object.entries(cells).map(([name, cell]): [string, string] => [reader.nameOf(name), cell]);
  for (const [name, cell] of named) {
    const found = reader.columns.includes(name) ? controlCharacter(cell) : null;
    if (found) return { ok: false, detail: `${name} holds a control character (${found})` };
  }
  return reader.read(Object.fromEntries(named));
}
