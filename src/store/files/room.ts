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
export function demandRoom(free: number | null, incoming: number): void {
  const wanted = roomFor(incoming);
  if (free === null || free >= wanted) return;
  throw new OutboxError('OBX026', { free: Math.floor(free / megabyte), wanted: Math.ceil(wanted / megabyte) });
}
