// Files that come over the network: streamed to the disk, bounded, under names that can do no harm; gone when the request is over.
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { OutboxError } from '../message/errors.ts';
import type { ServerParts } from './parts.ts';

export interface UploadedFile {
  /** Full path of what came. */
  path: string;
  /** As the caller named it, without any folder. */
  name: string;
}

/** How many files, and how large each may be. */
export interface Most {
  files: number;
  fileSize: number;
}

export interface Upload {
  fields: Record<string, string>;
  files: UploadedFile[];
}

const folderOf = ({ opened }: ServerParts): string => join(opened.data, 'uploads');

/** Older than any request that is under way, of this server or of another one on the same folder. */
const leftOverMs = 60 * 60_000;

/** Removes what a server that died has left behind. */
export async function sweepUploads(parts: ServerParts): Promise<void> {
  const folder = folderOf(parts);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const seen = await stat(path).catch(() => null);
    if (seen && parts.now() - seen.mtimeMs > leftOverMs) await rm(path, { recursive: true, force: true });
  }
}

/** Octets of a name on the disk. */
const longestName = 150;

/**
 * The last part of a path of any system, without what a file system or a terminal reads as more than a letter.
 * @param given as the caller wrote it
 */
export function safeName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  // eslint-disable-next-line no-control-regex
  const clean = last.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*]/g, '_').trim();
  const [, stem = '', end = ''] = /^(.*?)(\.[^.]{1,10})?$/s.exec(clean) ?? [];
  let short = stem;
  while (Buffer.byteLength(short + end) > longestName) short = short.slice(0, -1);
  const name = `${short}${end}`;
  return /^\.*$/.test(name) ? 'document' : name;
}

/** @returns rejects with OBX238 when nothing comes on a stream for so long; `over` ends the watch */
function watchIdle(stream: Readable, ms: number): { idle: Promise<never>; over: () => void } {
  const { promise: idle, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(new OutboxError('OBX238', { seconds: Math.round(ms / 1000) }));
  let timer = setTimeout(giveUp, ms);
  const more = (): void => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, ms);
  };
  stream.on('data', more);
  const over = (): void => {
    stream.off('data', more);
    clearTimeout(timer);
  };
  return { idle, over };
}

/** Octets of a field of a form. */
const longestField = 64 * 1024;

/** @param folder that is there already; whoever calls removes it */
async function readParts(request: FastifyRequest, folder: string, { files, fileSize }: Most): Promise<Upload> {
  const found: Upload = { fields: {}, files: [] };
  const limits = { fileSize, files, fields: 50, fieldSize: longestField, parts: files + 50 };
  for await (const part of request.parts({ limits })) {
    if (part.type === 'field') {
      found.fields[part.fieldname] = String(part.value);
      continue;
    }
    const own = join(folder, String(found.files.length));
    await mkdir(own, { mode: 0o700 });
    const name = safeName(part.filename);
    const path = join(own, name);
    await pipeline(part.file, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    if (part.file.truncated) {
      throw new OutboxError('OBX237', { detail: `${name} has more than ${Math.round(fileSize / 1_048_576)} MB` });
    }
    found.files.push({ path, name });
  }
  return found;
}

/**
 * Reads multipart/form-data.
 * @throws OBX231, OBX237 when it is too large, OBX238 when nothing more comes, OBX243 when it is no form
 */
async function readForm(parts: ServerParts, request: FastifyRequest, folder: string, most: Most): Promise<Upload> {
  if (!request.isMultipart()) throw new OutboxError('OBX243', { detail: 'no multipart/form-data' });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { idle, over } = watchIdle(request.raw, parts.bounds.uploadIdleMs);
  const reading = readParts(request, folder, most);
  // When it is given up, it ends with the line.
  reading.catch(() => {});
  return Promise.race([reading, idle]).finally(over);
}

/** Reads a form, lets `use` work on what came, and removes it. @throws as `readForm`, and what `use` throws */
export async function withUpload<T>(
  parts: ServerParts,
  request: FastifyRequest,
  most: Most,
  use: (upload: Upload) => Promise<T>,
): Promise<T> {
  const folder = join(folderOf(parts), randomUUID());
  try {
    const length = Number(request.headers['content-length'] ?? 0);
    // Asked before it comes: what does not fit need not be sent.
    if (length > 0) await parts.opened.files.room(length);
    return await use(await readForm(parts, request, folder, most));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
