// Writing files so that a power cut leaves all of them under their names, or nothing.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const partEnd = '.part';

/** Nobody writes so long without touching the file: it was left by a program that ended in the middle. */
const partMs = 3_600_000;

/** Without it a crash may forget the new names (a rename lasts only when its folder is synced). */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** So many pieces may be written by one call: IOV_MAX of Linux. */
const mostPieces = 1024;

/** All of them, in their order, in as few calls as the system allows. */
export async function writeAll(file: FileHandle, contents: readonly Uint8Array[]): Promise<void> {
  let left = contents.filter(({ length }) => length > 0);
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left.slice(0, mostPieces));
    let whole = 0;
    while (whole < left.length && bytesWritten >= left[whole]!.length) bytesWritten -= left[whole++]!.length;
    left = left.slice(whole);
    if (bytesWritten > 0) left[0] = left[0]!.subarray(bytesWritten);
  }
}

/**
 * A new file that is durable before it gets its name: all of it, or nothing.
 * @param parts a folder for what is not whole yet, on the same disk
 * @param write fills it, and says the name that it gets; null: it is not needed after all
 */
export async function makeDurably(parts: string, write: (file: FileHandle) => Promise<string | null>): Promise<void> {
  const beside = join(parts, `${randomUUID()}${partEnd}`);
  const file = await open(beside, 'wx+', 0o600);
  try {
    const path = await write(file);
    if (path !== null) await file.sync();
    await file.close();
    if (path === null) return await rm(beside, { force: true });
    await rename(beside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
}

/** As `makeDurably`, of bytes that are there. */
export const writeDurably = (path: string, contents: readonly Uint8Array[], parts: string): Promise<void> =>
  makeDurably(parts, async (file) => {
    await writeAll(file, contents);
    return path;
  });

/** Removes what was left half-written long ago. Other programs may be writing: theirs is younger. */
export async function sweepParts(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(partEnd)) continue;
    const path = join(folder, name);
    // Another program may sweep, or finish its file, at this moment.
    const found = await stat(path).catch(() => null);
    if (found && found.mtimeMs < now - partMs) await rm(path, { force: true }).catch(() => {});
  }
}
