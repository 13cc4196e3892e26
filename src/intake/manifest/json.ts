// A manifest as JSON: {"documents": [{...}], "total": {"count": 3, "amount": "12.50"}}, or only the array.
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { decodeText } from '../text-decoding.ts';
import type { RawManifest, RawRow, RefusedRow } from './manifest.ts';

type Json = string | boolean | null | Json[] | { [name: string]: Json };

const example = 'Write {"documents": [{"file": "1.pdf", "type": "invoice", "number": "1", "customer": "01-ABF"}]}.';

/** @throws OBX011 when it is not JSON, or not of this form */
export function readJsonManifest(bytes: Uint8Array, file: string): RawManifest {
  const whole = parseJson(decodeText(bytes).text, file);
  const documents = isObject(whole) ? whole['documents'] : whole;
  if (!Array.isArray(documents))
    throw new OutboxError('OBX011', { file, detail: 'it has no list of documents', hint: example });
  const total = isObject(whole) ? (whole['total'] ?? null) : null;
  const columns = new Set<string>();
  const rows: RawRow[] = [];
  const refused: RefusedRow[] = [];
  for (const [at, document] of documents.entries()) {
    const read = readDocument(document, at + 1, columns);
    if ('detail' in read) refused.push(read);
    else rows.push(read);
  }
  return { columns: [...columns], rows, refused, total: readTotal(total, file) };
}

/** Numbers stay as they are written: 0.10 and 12345678901234567.89 would not survive as numbers. */
function parseJson(text: string, file: string): Json {
  try {
    return JSON.parse(text, (_, value: unknown, { source }: { source?: string } = {}) =>
      typeof value === 'number' ? source : value,
    ) as Json;
  } catch (error) {
    throw new OutboxError('OBX011', { file, detail: wordsOf(error), hint: 'Mend the JSON.' }, error);
  }
}

const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readDocument(document: Json, row: number, columns: Set<string>): RawRow | RefusedRow {
  if (!isObject(document)) return { row, detail: 'it is not an object with names', hint: example };
  const cells: [string, string][] = [];
  for (const [name, value] of Object.entries(document)) {
    const column = name.trim().toLowerCase();
    columns.add(column);
    const text = textOf(value);
    if (text === null)
      return { row, detail: `${name} is neither text nor a list of texts`, hint: `Write ${name} as text.` };
    cells.push([column, text]);
  }
  return { row, cells: Object.fromEntries(cells) };
}

/** Several addresses may be a list. Null when it is no text. */
function textOf(value: Json): string | null {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  const texts = Array.isArray(value) && value.every((part) => typeof part === 'string');
  return texts ? value.join(';') : null;
}

function readTotal(total: Json, file: string): RawManifest['total'] {
  if (total === null) return null;
  const hint = 'Write "total": {"count": 3, "amount": "12.50"}.';
  if (!isObject(total)) throw new OutboxError('OBX011', { file, detail: 'total is not an object', hint });
  return { count: textOf(total['count'] ?? null) ?? '', amount: textOf(total['amount'] ?? null) ?? '' };
}
