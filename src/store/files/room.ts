// Whether there is room for more documents: what was taken in must also be sent, and its results written.
import { statfs } from 'node:fs/promises';
import { OutboxError } from '../../message/errors.ts';

const megabyte = 1024 * 1024;

/** Attempts, transcripts, histories and the log of the database of what is already here. */
const reserve = 200 * megabyte;

/** Octets that must be free before so many come in: themselves, and as much again for their messages and results. */
export const roomFor = (incoming: number): number => reserve + 2 * incoming;

/** Octets that we may still write; null when the file system does not say. */
export async function freeSpace(folder: string): Promise<number | null> {
  const found = await statfs(folder).catch(() => null);
  return found && found.blocks > 0 ? found.bavail * found.bsize : null;
}

/** @throws OBX026 */
function demandRoom(free: number | null, incoming: number): void {
  const wanted = roomFor(incoming);
  if (free === null || free >= wanted) return;
  throw new OutboxError('OBX026', { free: Math.floor(free / megabyte), wanted: Math.ceil(wanted / megabyte) });
}

/** What was seen holds so long, as far as less than this is written meanwhile. */
const seenMs = 1_000;
const leeway = 1024 * megabyte;

/**
 * Asks of the room on the disk, which for every single document would cost more than to write it: where there is plenty it is
 * looked at once in a while.
 * @param free octets; null when it can not be known
 * @throws OBX026 from what it returns
 */
export function roomKeeper(free: () => Promise<number | null>): (incoming: number) => Promise<void> {
  let seen = { free: 0, at: Number.NEGATIVE_INFINITY };
  return async (incoming) => {
    const now = performance.now();
    seen.free -= 2 * incoming;
    if (now - seen.at < seenMs && seen.free > roomFor(incoming) + leeway) return;
    const found = await free();
    demandRoom(found, incoming);
    seen = { free: found ?? 0, at: now };
  };
}
