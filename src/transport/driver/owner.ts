// Who works with the folder of an attempt, so that what a killed run left behind can be told from what is in use.
import { appendFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const ownerFile = '.owner';
const dayMs = 24 * 3_600_000;

/** Where process numbers mean the same: a container has numbers of its own, though it may share the folder. */
function processSpace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** First line: where; then the numbers: ours, and behind it that of the driver's group. */
export const writeOwner = (folder: string): Promise<void> =>
  writeFile(join(folder, ownerFile), `${processSpace()}\n${process.pid}\n`, { mode: 0o600 });

/** The driver may live on when we are killed, and still needs its files. */
export function noteProgram(folder: string, pid: number): void {
  try {
    appendFileSync(join(folder, ownerFile), `-${pid}\n`);
  } catch {
    // A program may clear its folder: then there is nothing to keep.
  }
}

/** @param pid negative for a process group */
function isAlive(pid: number): boolean {
  try {
    process.kill(process.platform === 'win32' ? Math.abs(pid) : pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function ownersOf(folder: string): Promise<{ space: string; pids: number[] } | null> {
  const text = await readFile(join(folder, ownerFile), 'utf8').catch(() => '');
  const [space = '', ...lines] = text.split('\n');
  const pids = lines.filter((line) => /^-?\d+$/.test(line)).map(Number);
  return pids.length === 0 ? null : { space, pids };
}

/**
 * Older than two days: no driver runs that long (its timeout is a day at most, and then its group is ended). Younger ones only when
 * they were made on this machine, where it can be seen that neither worker nor driver lives: on PostgreSQL several machines may
 * share the folder.
 */
async function isAbandoned(folder: string, now: number): Promise<boolean> {
  const { mtimeMs } = await stat(folder);
  if (now - mtimeMs > 2 * dayMs) return true;
  const owners = await ownersOf(folder);
  return owners !== null && owners.space === processSpace() && !owners.pids.some(isAlive);
}

/** Removes what killed runs left. Never throws: it is tried again at the next start. */
export async function sweepWorkFolder(workFolder: string, now: number): Promise<void> {
  const names = await readdir(workFolder).catch(() => []);
  for (const name of names) {
    const folder = join(workFolder, name);
    try {
      if (await isAbandoned(folder, now)) await rm(folder, { recursive: true, force: true });
    } catch {
      // Gone meanwhile, or not ours to remove.
    }
  }
}
