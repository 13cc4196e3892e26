// Writing files so that a power cut leaves all of them under their names, or nothing.
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
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

/**
 * All of it under its name, or nothing.
 * @param parts a folder for what is not whole yet, on the same disk
 */
export async function writeDurably(path: string, contents: readonly Uint8Array[], parts: string): Promise<void> {
  const beside = join(parts, `${randomUUID()}${partEnd}`);
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(contents);
    await file.sync();
    await file.close();
    await rename(beside, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

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
