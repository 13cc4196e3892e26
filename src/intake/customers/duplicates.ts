// A customer number that stands more than once in a file: the same data again is no harm, other data is not guessed at.
import { customerFields } from './customer-row.ts';
import type { CustomerRow } from './customer-row.ts';
import { sameValue } from './field-values.ts';

interface Refused {
  line: number;
  customer: string;
  detail: string;
}

/**
 * The first row of every number, unless others of it differ: then all are refused, for a wrong choice would send
 * somebody's invoices to somebody else.
 */
export function splitDuplicates(rows: readonly CustomerRow[]): { taken: CustomerRow[]; refused: Refused[] } {
  const taken: CustomerRow[] = [];
  const refused: Refused[] = [];
  for (const [customer, same] of Map.groupBy(rows, (row) => row.customer)) {
    const [first] = same;
    if (first && same.every((row) => sameFields(row, first))) {
      taken.push(first);
      continue;
    }
    const lines = same.map(({ line }) => line);
    const detail = `the number stands on lines ${lines.join(', ')} with different data: leave only one of them`;
    refused.push(...lines.map((line) => ({ line, customer, detail })));
  }
  return { taken, refused: refused.toSorted((a, b) => a.line - b.line) };
}

const sameFields = (one: CustomerRow, other: CustomerRow): boolean =>
  customerFields.every((field) => sameValue(one.fields[field] ?? null, other.fields[field] ?? null));
