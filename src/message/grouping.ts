// Which documents of a run go out together: each alone, as one message, or merged to one PDF.
import type { Document } from './message.ts';
import type { Grouping } from './settings.ts';

export interface GroupingRow {
  document: Document;
  /** Rows with the same value go together, whatever the document type says. */
  group: string | null;
  email: readonly string[];
  fax: readonly string[];
  note: string | null;
  subject: string | null;
}

export interface DocumentSet<T extends GroupingRow> {
  rows: T[];
  grouping: Grouping;
}

/** Documents only ever go together to one customer, of one type, by the same explicit addresses. */
function keyOf(row: GroupingRow, grouping: Grouping, position: number): string {
  const { document, group, email, fax, note, subject } = row;
  const shared = [
    document.company,
    document.type,
    document.customer,
    document.customer || document.customerName,
    email,
    fax,
  ];
  if (group !== null) return JSON.stringify(['group', group, ...shared]);
  // A document that could not be read must not hold up the others; one without a customer or an address has nobody to share with.
  const nobody = document.customer === '' && email.length + fax.length === 0;
  if (grouping === 'each' || document.fault !== null || nobody) return JSON.stringify(['alone', position]);
  return JSON.stringify(['type', note, subject, ...shared]);
}

/** In the order of the run. @param groupingOf of a document type */
export function groupRows<T extends GroupingRow>(
  rows: readonly T[],
  groupingOf: (type: string) => Grouping,
): DocumentSet<T>[] {
  const sets = new Map<string, DocumentSet<T>>();
  rows.forEach((row, position) => {
    const grouping = groupingOf(row.document.type);
    const key = keyOf(row, grouping, position);
    const set = sets.get(key);
    if (set) set.rows.push(row);
    else sets.set(key, { rows: [row], grouping: grouping === 'each' ? 'message' : grouping });
  });
  return [...sets.values()];
}
