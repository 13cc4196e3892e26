// The bytes of a message's attachments: small ones are read at once, large ones when they are sent, piece by piece.
import type { Attachment } from '../message/message.ts';
import type { LoadedAttachment } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';

/** Messages are loaded ahead of their turn: what is held must stay small. Octets. */
const largestHeld = 256 * 1024;

async function load(files: FileStore, attachment: Attachment): Promise<LoadedAttachment> {
  const { sha256, size } = attachment;
  if (size > largestHeld) return { ...attachment, bytes: null, pieces: () => files.pieces(sha256) };
  const bytes = await files.get(sha256);
  return {
    ...attachment,
    bytes,
    async *pieces() {
      yield bytes;
    },
  };
}

/** @throws OBX017 when bytes are missing or are not what their name says */
export const loadAttachments = (files: FileStore, attachments: readonly Attachment[]): Promise<LoadedAttachment[]> =>
  Promise.all(attachments.map((attachment) => load(files, attachment)));
