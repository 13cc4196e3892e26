// A manifest as CSV: header in any order, one document a row, "#total,COUNT,AMOUNT" at the end.
import { readTable } from '../table.ts';
import type { Table } from '../table.ts';
import { decodeText } from '../text-decoding.ts';
import type { RawManifest, RawRow, RefusedRow } from './manifest.ts';

/** One record of the file, whether its width fits or not. */
interface Entry {
  line: number;
  values: string[];
  cells: RawRow['cells'] | null;
  detail: string;
}

/** Rows are numbered as documents: neither header, nor empty lines, nor the total count. */
export function readCsvManifest(bytes: Uint8Array): RawManifest & { repeated: string[] } {
  const table = readTable(decodeText(bytes).text);
  const entries = entriesOf(table);
  const last = entries.at(-1);
  const total = last && isTotal(last) ? { count: last.values[1] ?? '', amount: last.values[2] ?? '' } : null;
  if (total) entries.pop();
  const rows: RawRow[] = [];
  const refused: RefusedRow[] = [];
  for (const [at, entry] of entries.entries()) {
    if (isTotal(entry)) refused.push({ row: at + 1, detail: misplaced(entry), hint: 'Put it at the end of the file.' });
    else if (entry.cells) rows.push({ row: at + 1, cells: entry.cells });
    else refused.push({ row: at + 1, detail: `line ${entry.line}: ${entry.detail}`, hint: 'Mend the line.' });
  }
  return { columns: table.header, repeated: table.repeated, rows, refused, total };
}

function entriesOf({ header, rows, faults }: Table): Entry[] {
  const good = rows.map(({ line, cells }) => ({
    line,
    cells,
    values: header.map((name) => cells[name] ?? ''),
    detail: '',
  }));
  const bad = faults.map(({ line, values, detail }) => ({ line, values, detail, cells: null }));
  return [...good, ...bad].toSorted((a, b) => a.line - b.line);
}

const isTotal = ({ values }: Entry): boolean => values[0]?.toLowerCase() === '#total';
const misplaced = ({ line }: Entry): string => `line ${line}: the #total row is not the last`;
