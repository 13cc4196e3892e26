// Reads a table with a header line (CSV of any delimiter). A bad row is a fault with its line; the rest goes on.
import { CsvError, parse } from 'csv-parse/sync';

export interface TableRow {
  /** Line of the file on which the row begins; the header's is 1. */
  line: number;
  /** By header name in small letters; verbatim but for blanks around it. Line breaks are "\n". */
  cells: Record<string, string>;
}

export interface TableFault {
  line: number;
  /** In words, for a person. */
  detail: string;
  /** What could be read of the row. */
  values: string[];
}

export interface Table {
  /** Names in small letters, in the order of the file; a nameless column is ''. */
  header: string[];
  /** Names that stand more than once: which column is meant can not be known. */
  repeated: string[];
  delimiter: string;
  rows: TableRow[];
  faults: TableFault[];
}

interface Line {
  line: number;
  values: string[];
}

/** Each makes the rest of the text be read again: a text with more of them is no table. */
const mostBrokenLines = 100;

const broken = 'a quotation mark is not closed at the end of its field';
const tooManyBroken = 'too many broken lines: this one and all behind it were not read';

/** The first is taken where none is found, or where they tie. */
const delimiters = [',', ';', '\t', '|'];

/** Reads `text`; never throws. A text without any line has an empty header. */
export function readTable(text: string): Table {
  const { body, skipped, said } = startOf(text.replace(/\r\n?/g, '\n'));
  const delimiter = said ?? sniffDelimiter(body);
  const { lines, faults } = readLines(body, skipped, delimiter);
  const header = (lines.shift()?.values ?? []).map((name) => name.toLowerCase());
  const rows: TableRow[] = [];
  for (const { line, values } of lines) {
    if (values.every((value) => value === '')) continue;
    const detail = widthFault(values, header.length);
    if (detail) faults.push({ line, detail, values });
    else rows.push({ line, cells: Object.fromEntries(header.map((name, at) => [name, values[at] ?? ''])) });
  }
  const repeated = header.filter((name, at) => name !== '' && header.indexOf(name) < at);
  return { header, repeated, delimiter, rows, faults: faults.toSorted((a, b) => a.line - b.line) };
}

/** Leaves out empty lines before the header, and the line "sep=;" by which Excel says its delimiter. */
function startOf(text: string): { body: string; skipped: number; said: string | null } {
  const blank = /^(?:[^\S\n\t]*\n)*/.exec(text)?.[0] ?? '';
  const sep = /^sep=([,;\t|])\n/i.exec(text.slice(blank.length));
  const start = blank + (sep?.[0] ?? '');
  return { body: text.slice(start.length), skipped: start.split('\n').length - 1, said: sep?.[1] ?? null };
}

function sniffDelimiter(text: string): string {
  const header = text.slice(0, text.indexOf('\n') + 1 || undefined).replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => header.split(delimiter).length;
  return delimiters.reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** After a quotation mark out of place nobody knows where fields end: that line is a fault, and reading starts anew behind it. */
function readLines(text: string, skipped: number, delimiter: string): { lines: Line[]; faults: TableFault[] } {
  const lines: Line[] = [];
  const faults: TableFault[] = [];
  const all = text.split('\n');
  for (let from = 0; from < all.length;) {
    const part = readPart(all.slice(from).join('\n'), delimiter);
    for (const { line, values } of part.lines) lines.push({ line: line + from + skipped, values });
    if (part.brokenAfter === null) break;
    from += part.brokenAfter;
    while (from < all.length - 1 && all[from]?.trim() === '') from += 1;
    const values = (all[from] ?? '').split(delimiter).map((value) => value.trim());
    from += 1;
    const isLast = faults.length === mostBrokenLines;
    faults.push({ line: from + skipped, detail: isLast ? tooManyBroken : broken, values });
    if (isLast) break;
  }
  return { lines, faults };
}

interface Part {
  lines: Line[];
  /** Number of lines read before the broken one, or null when there is none. */
  brokenAfter: number | null;
}

function readPart(text: string, delimiter: string): Part {
  const lines: Line[] = [];
  let end = 0;
  const onRecord = (values: string[], { lines: last }: { lines: number }): null => {
    const breaks = values.reduce((sum, value) => sum + value.split('\n').length - 1, 0);
    lines.push({ line: last - breaks, values: values.map((value) => value.trim()) });
    end = last;
    return null;
  };
  try {
    // relax_quotes: names such as 5" PIPE come unquoted. Trimming lets blanks stand around a quoted field.
    parse(text, {
      delimiter,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      ltrim: true,
      rtrim: true,
      record_delimiter: '\n',
      on_record: onRecord,
    });
    return { lines, brokenAfter: null };
  } catch (error) {
    if (error instanceof CsvError) return { lines, brokenAfter: end };
    throw error;
  }
}

/** Empty cells at the end are what spreadsheets leave behind: no fault. */
function widthFault(values: string[], width: number): string | null {
  if (values.length < width) return `it has only ${values.length} of ${width} fields`;
  if (values.slice(width).every((value) => value === '')) return null;
  return `it has ${values.length} fields where the header has ${width}: put a field that holds the delimiter in quotation marks`;
}
