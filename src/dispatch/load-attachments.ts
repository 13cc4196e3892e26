// The way to the bytes of a message's attachments: small ones are read when they are encoded, large ones piece by piece.
import type { Attachment } from '../message/message.ts';
import type { LoadedAttachment } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';

/** Messages are loaded ahead of their turn: what is held must stay small. Octets. */
const largestHeld = 256 * 1024;

async function load(files: FileStore, attachment: Attachment): Promise<LoadedAttachment> {
  const { sha256, size } = attachment;
  const pieces = (): AsyncIterable<Uint8Array> => files.pieces(sha256);
  if (size > largestHeld) return { ...attachment, fill: null, pieces };
  if (files.isAtHand(sha256)) return { ...attachment, fill: (memory) => files.fill(sha256, memory), pieces };
  const bytes = await files.get(sha256);
  return { ...attachment, fill: (memory) => memory.set(bytes), pieces };
}

/** @throws OBX017 when bytes are found to be missing; it may also be found when they are read */
export const loadAttachments = (files: FileStore, attachments: readonly Attachment[]): Promise<LoadedAttachment[]> =>
  Promise.all(attachments.map((attachment) => load(files, attachment)));

/**
 * Whether all attachments are there after all, after one was found damaged: a document may lie in several places, and looking
 * for it finds the whole one.
 */
export async function areWhole(files: FileStore, attachments: readonly LoadedAttachment[]): Promise<boolean> {
  try {
    for (const { sha256, fill, pieces } of attachments) {
      if (fill) await files.get(sha256);
      else for await (const _ of pieces());
    }
    return true;
  } catch {
    return false;
  }
}
