// What a way in hands over: one document with what its sender says of it, and where its bytes lie.
import type { ManifestRow, RefusedRow } from './manifest/manifest.ts';

/** What the sender asked for; kept with the message, because routing runs on it again after a correction. */
export interface Request {
  /** Explicit addresses. */
  email: string[];
  fax: string[];
  note: string | null;
  subject: string | null;
  /** Of the sender, by the id of each document that has one. */
  keys: Record<string, string>;
  /** The sender made one set of the documents: files named in one command, rows of one group. */
  together: boolean;
  /** Not before; epoch ms. Kept for a message that is blocked first. */
  notBefore: number | null;
  /** Descriptive name of the attachment, in place of the document type's; from a caller's own driver call. */
  name: string | null;
  /** "manifest row 3 of invoices.csv", "command line". */
  source: string;
  level: 'row' | 'command';
}

export interface Entry extends ManifestRow {
  /** For people: "row 3", "invoice.pdf". */
  place: string;
  attachmentName: string | null;
  /** Of the file; null when it is not there. */
  path: string | null;
  /** Of the file, as far as they are known before it is read; else 0. */
  octets: number;
}

/** One run of documents, whatever way in it came by. */
export interface Run {
  /** "manifest invoices.csv", "hot folder", "command line", "driver". */
  source: string;
  name: string;
  level: 'row' | 'command';
  entries: Entry[];
  /** Rows that could not be read. */
  refused: RefusedRow[];
  unknownColumns: string[];
  expectedCount: number | null;
  expectedAmount: string | null;
  /** Waits for a release. */
  hold: boolean;
  /** Not before; epoch ms. */
  notBefore: number | null;
  /** Makes a batch of it. */
  batch: boolean;
}

/** @param set the documents that go out together, each with what was said of it; the first speaks for all but the keys */
export function requestOf(
  set: readonly { entry: Entry; document: { id: string } }[],
  run: Pick<Run, 'source' | 'level' | 'notBefore'>,
): Request {
  const { entry } = set[0]!;
  return {
    email: entry.email,
    fax: entry.fax,
    note: entry.note,
    subject: entry.subject,
    keys: Object.fromEntries(set.flatMap((one) => (one.entry.key === null ? [] : [[one.document.id, one.entry.key]]))),
    together: entry.group !== null,
    notBefore: run.notBefore,
    name: entry.attachmentName,
    source: run.level === 'row' ? `${run.source}, ${entry.place}` : run.source,
    level: run.level,
  };
}
