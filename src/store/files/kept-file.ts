// A large file goes into the store in pieces, so that its size does not matter: read once, hashed and written on the way.
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { writeAll } from './durable.ts';

const pieceLength = 1024 * 1024;

/**
 * The bytes of an open file from its beginning, in pieces that are overwritten by the next one.
 * @throws what the file system says
 */
export async function* piecesOf(file: FileHandle): AsyncGenerator<Buffer> {
  const room = Buffer.allocUnsafeSlow(pieceLength);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(room, 0, pieceLength, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield room.subarray(0, bytesRead);
  }
}

/** Whether the file there has these bytes. */
export async function holds(path: string, sha256: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return false;
  try {
    const sum = createHash('sha256');
    for await (const piece of piecesOf(file)) sum.update(piece);
    return sum.digest('hex') === sha256;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new OutboxError('OBX003', { file: path, detail: wordsOf(error) }, error);
  }
}

/**
 * Copies the file at `path` into an open one.
 * @throws OBX003 when it can not be read; what the file system says when it can not be written
 */
export async function copyInto(target: FileHandle, path: string): Promise<{ sha256: string; size: number }> {
  const source = await openSource(path);
  const sum = createHash('sha256');
  let size = 0;
  const pieces = piecesOf(source);
  const next = async (): Promise<Buffer | null> => {
    try {
      const { value, done } = await pieces.next();
      return done ? null : value;
    } catch (error) {
      throw new OutboxError('OBX003', { file: path, detail: wordsOf(error) }, error);
    }
  };
  try {
    for (let piece = await next(); piece !== null; piece = await next()) {
      sum.update(piece);
      await writeAll(target, [piece]);
      size += piece.length;
    }
    return { sha256: sum.digest('hex'), size };
  } finally {
    await source.close();
  }
}
