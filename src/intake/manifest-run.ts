// A manifest and the files it names, as a run.
import { basename, dirname, resolve } from 'node:path';
import { OutboxError } from '../message/errors.ts';
import type { Entry, Run } from './entry.ts';
import type { ManifestRow, RefusedRow } from './manifest/manifest.ts';
import { manifestFolder } from './manifest/path.ts';
import { readManifest } from './manifest/read.ts';
import { checkTotal } from './manifest/total.ts';

type Find = ReturnType<typeof manifestFolder>;

async function entryOf(row: ManifestRow, find: Find): Promise<Entry> {
  const found = await find(row.file);
  const file = found.ok ? { path: found.path, octets: found.size } : { path: null, octets: 0 };
  return { ...row, ...file, place: `row ${row.row}`, attachmentName: null };
}

/** So many files are looked for at once. */
const parallel = 64;

/** A row whose file lies outside of the folder is refused; the others go on. */
async function entriesOf(rows: readonly ManifestRow[], folder: string) {
  const refused: RefusedRow[] = [];
  const find = manifestFolder(folder);
  const read = async (row: ManifestRow): Promise<Entry[]> => {
    try {
      return [await entryOf(row, find)];
    } catch (error) {
      if (!(error instanceof OutboxError)) throw error;
      refused.push({ row: row.row, detail: error.message, hint: error.hint });
      return [];
    }
  };
  const entries: Entry[] = [];
  for (let at = 0; at < rows.length; at += parallel) {
    entries.push(...(await Promise.all(rows.slice(at, at + parallel).map(read))).flat());
  }
  return { entries, refused };
}

/**
 * @param file path of the manifest; its files lie beside or below it
 * @throws OBX011 when it can not be read, OBX012 when count or total do not agree: then nothing is taken
 */
export async function readManifestRun(
  bytes: Uint8Array,
  file: string,
  options: { source: string; hold: boolean },
): Promise<Run> {
  const manifest = readManifest(bytes, file);
  const wrong = checkTotal(manifest);
  if (wrong) throw new OutboxError('OBX012', { detail: wrong });
  const { entries, refused } = await entriesOf(manifest.rows, dirname(resolve(file)));
  return {
    source: options.source,
    name: basename(file),
    level: 'row',
    entries,
    refused: [...manifest.refused, ...refused].toSorted((a, b) => a.row - b.row),
    unknownColumns: manifest.unknownColumns,
    expectedCount: manifest.total?.count ?? null,
    expectedAmount: manifest.total?.amount ?? null,
    hold: options.hold,
    notBefore: null,
    batch: true,
  };
}
