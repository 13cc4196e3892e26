// One attachment of a draft: a single request while it is small, an upload session in ranges when it is large.
import type { LoadedAttachment } from '../../message/transport.ts';
import { bytesOf } from '../mime/job-content.ts';
import { textAt } from './answer.ts';
import type { Mailbox } from './mailbox.ts';
import { expectStatus, Refusal } from './refusal.ts';

/** Below it one request does, from it on a session (learn.microsoft.com: outlook-large-attachments). Octets. */
const sessionFrom = 3_000_000;
/** At most 4 MB, and a multiple of 320 KiB. */
const rangeSize = 12 * 320 * 1024;

async function postWhole(mailbox: Mailbox, draft: string, part: LoadedAttachment, bytes: Uint8Array): Promise<void> {
  const contentBytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const answer = await mailbox.client.call({
    method: 'POST',
    path: mailbox.path(`/messages/${encodeURIComponent(draft)}/attachments`),
    json: {
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: part.name,
      contentType: part.mediaType,
      contentBytes,
    },
  });
  expectStatus('attachment', answer, 201);
}

/** @returns the upload URL; null where Exchange finds the attachment too small for a session */
async function openSession(mailbox: Mailbox, draft: string, { name, size }: LoadedAttachment): Promise<string | null> {
  const answer = await mailbox.client.call({
    method: 'POST',
    path: mailbox.path(`/messages/${encodeURIComponent(draft)}/attachments/createUploadSession`),
    json: { AttachmentItem: { attachmentType: 'file', name, size } },
  });
  if (answer.code === 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize') return null;
  return textAt(expectStatus('upload', answer, 201).json, 'uploadUrl');
}

async function putRanges(mailbox: Mailbox, url: string, bytes: Uint8Array): Promise<void> {
  const total = bytes.length;
  for (let from = 0; from < total; from += rangeSize) {
    const range = bytes.subarray(from, Math.min(from + rangeSize, total));
    const isLast = from + range.length === total;
    const answer = await mailbox.client.put(url, { from, total, bytes: range });
    expectStatus('upload', answer, isLast ? 201 : 200);
    // A server that wants another range than ours has lost some: the whole attachment must come again.
    const next = isLast ? '' : nextRange(answer.json);
    if (next !== '' && !next.startsWith(String(from + range.length))) throw new Refusal('upload', answer);
  }
}

function nextRange(json: unknown): string {
  const list = (json as { nextExpectedRanges?: unknown } | undefined)?.nextExpectedRanges;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === 'string' ? first : '';
}

/** @throws Refusal, NoAnswer, NoToken */
export async function attach(mailbox: Mailbox, draft: string, part: LoadedAttachment): Promise<void> {
  const bytes = await bytesOf(part);
  const url = part.size < sessionFrom ? null : await openSession(mailbox, draft, part);
  if (url === null) await postWhole(mailbox, draft, part, bytes);
  else await putRanges(mailbox, url, bytes);
}
