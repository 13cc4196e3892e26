// Where the files of a hot folder go when they are done with: a sub-folder each, originals kept, the reason beside the refused.
import { mkdir, rename, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

export type Shelf = 'done' | 'refused';

/** 2026-11-24T08-15-00-123Z: sorts by time, and no file system refuses it. */
const stampOf = (at: number): string => new Date(at).toISOString().replace(/[:.]/g, '-');

/** A file that somebody else took away meanwhile is no fault. */
const moveFile = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
};

/** Folders that the moved files leave empty; those with other files in them stay. */
async function removeEmpty(folder: string, files: readonly string[]): Promise<void> {
  for (const parent of new Set(files.map((file) => dirname(file)))) {
    if (parent !== folder) await rmdir(parent).catch(() => {});
  }
}

/**
 * @param folder the hot folder
 * @param files full paths below it; the manifest first
 * @param words written beside them: report.txt, or reason.txt for the refused
 * @param at when it was dealt with: the same for everybody who puts it away
 * @param isLate finishes what was begun: a report that is there already stays
 * @returns the sub-folder
 */
export async function putAway(
  folder: string,
  shelf: Shelf,
  files: readonly string[],
  words: string,
  at: number,
  isLate = false,
): Promise<string> {
  const place = join(folder, shelf, `${stampOf(at)} ${basename(files[0]!)}`);
  await mkdir(place, { recursive: true });
  const report = join(place, shelf === 'done' ? 'report.txt' : 'reason.txt');
  await writeFile(report, `${words}\n`, { flag: isLate ? 'wx' : 'w' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  // The manifest last: until then the ledger knows it, and the rest is put away after a crash.
  for (const file of files.toReversed()) await moveFile(file, join(place, relative(folder, file)));
  await removeEmpty(folder, files);
  return place;
}
