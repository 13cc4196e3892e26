// The content of a job for transports that take it whole: the one place where they touch the bytes of attachments.
import type { Ingredients } from '../../message/message.ts';
import type { Job, LoadedAttachment } from '../../message/transport.ts';
import { composeMessage } from './compose.ts';
import { base64Size } from './content.ts';

/** @throws what the attachment throws when its bytes are gone */
export async function bytesOf({ size, fill, pieces }: LoadedAttachment): Promise<Uint8Array> {
  if (fill) {
    const bytes = Buffer.allocUnsafe(size);
    fill(bytes);
    return bytes;
  }
  const all: Uint8Array[] = [];
  for await (const piece of pieces()) all.push(piece);
  return Buffer.concat(all);
}

/**
 * The ingredients with this job's recipient as the only address. A mailbox sends to every address of the headers; the others have
 * messages of their own, and would get this one too.
 */
export const addressedTo = ({ ingredients, recipient }: Pick<Job, 'ingredients' | 'recipient'>): Ingredients => ({
  ...ingredients,
  to: [recipient],
  cc: [],
});

/** Octets that the attachments take in the composed message, known before they are loaded; the texts come on top. */
export const leastSize = ({ attachments }: Job): number =>
  attachments.reduce((sum, { size }) => sum + base64Size(size), 0);

/** The whole message, addressed to the job's recipient alone. */
export const composeFor = (job: Job): Promise<Buffer> => composeMessage(addressedTo(job), job.attachments);
