// Reads a manifest of any format: finds out which, hands it to the format's reader, checks columns and rows.
import { OutboxError } from '../../message/errors.ts';
import { decodeText } from '../text-decoding.ts';
import { expectedAmount, readAmount } from './amount.ts';
import { readCsvManifest } from './csv.ts';
import { readJsonManifest } from './json.ts';
import { isManifestColumn, mandatoryColumns, manifestColumns } from './manifest.ts';
import type { ControlTotal, Manifest, ManifestFormat, ManifestRow, RawManifest } from './manifest.ts';
import { checkRow, isRefused } from './row.ts';
import { readXmlManifest } from './xml.ts';

/**
 * Reads the manifest `bytes` of the name `file`. A bad row is in `refused`; the rest goes on.
 * @throws OBX011 when it can not be read at all, or lacks a mandatory column
 */
export function readManifest(bytes: Uint8Array, file: string): Manifest {
  const format = formatOf(bytes, file);
  const raw = readRaw(format, bytes, file);
  checkColumns(raw, format, file);
  const rows: ManifestRow[] = [];
  const refused = [...raw.refused];
  for (const row of raw.rows.map((each) => checkRow(each))) {
    if (isRefused(row)) refused.push(row);
    else rows.push(row);
  }
  const total = readTotal(raw, rows[0]?.currency ?? null, file);
  if (rows.length + refused.length === 0 && total?.count !== 0) {
    const hint = 'Was it written to the end? A run that has no documents says so with the last row #total,0.';
    throw new OutboxError('OBX011', { file, detail: 'there is no document in it', hint });
  }
  return {
    format,
    rows,
    refused: refused.toSorted((a, b) => a.row - b.row),
    total,
    unknownColumns: raw.columns.filter((name) => name !== '' && !isManifestColumn(name)),
  };
}

function formatOf(bytes: Uint8Array, file: string): ManifestFormat {
  const extension = /\.(csv|json|xml)$/i.exec(file)?.[1]?.toLowerCase();
  if (extension) return extension as ManifestFormat;
  const start = decodeText(bytes.subarray(0, 1024)).text.trimStart();
  if (start.startsWith('<')) return 'xml';
  return /^[[{]/.test(start) ? 'json' : 'csv';
}

function readRaw(format: ManifestFormat, bytes: Uint8Array, file: string): RawManifest {
  if (format === 'json') return readJsonManifest(bytes, file);
  if (format === 'xml') return readXmlManifest(bytes, file);
  const raw = readCsvManifest(bytes);
  const twice = raw.repeated.find((name) => isManifestColumn(name));
  if (twice === undefined) return raw;
  throw new OutboxError('OBX011', { file, detail: `the column ${twice} stands twice`, hint: 'Rename one of them.' });
}

/** JSON and XML name the columns in their documents: without any document that could be read none can be missing. */
function checkColumns(raw: RawManifest, format: ManifestFormat, file: string): void {
  const isSaid = raw.total !== null || raw.refused.length > 0;
  if (format !== 'csv' && raw.rows.length === 0 && isSaid) return;
  const missing = mandatoryColumns.filter((column) => !raw.columns.includes(column));
  if (missing.length === 0) return;
  const detail = raw.columns.length === 0 ? 'there is nothing in it' : `the column ${missing.join(', ')} is missing`;
  const hint = `The first line, or every document, must name: ${mandatoryColumns.join(', ')}. Known besides: ${manifestColumns.slice(mandatoryColumns.length).join(', ')}.`;
  throw new OutboxError('OBX011', { file, detail, hint });
}

function readTotal({ total }: RawManifest, currency: string | null, file: string): ControlTotal | null {
  if (!total) return null;
  const refuse = (what: string, hint: string): OutboxError =>
    new OutboxError('OBX011', { file, detail: `the total has ${what}`, hint });
  const count = total.count.trim();
  const amount = total.amount.trim();
  if (!/^\d{1,9}$/.test(count)) throw refuse(`the count "${count}"`, 'Write the number of documents, such as 25.');
  const read = readAmount(amount, currency);
  if (amount !== '' && read === null) throw refuse(`the amount "${amount}"`, expectedAmount);
  return { count: Number(count), amount: read };
}
