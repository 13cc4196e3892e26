// outbox backup and restore: the data folder as one archive, taken while everything works.
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { Store } from '../store.ts';
import { readTar, tarEnd, tarFill, tarHead } from './tar.ts';

/** What a backup is of; the first file of the archive. */
export interface BackupNote {
  /** Of the program. */
  version: string;
  madeAt: string;
  host: string;
  engine: string;
}

const noteName = 'backup.json';
const databaseName = 'outbox.db';
/** What may lie in a backup; the mark of the place does not, so that what is restored knows that it is a copy. */
const allowed =
  /^(?:backup\.json|outbox\.db|secret\.key|files\/(?:[0-9a-f]{2}\/[0-9a-f]{64}|packs\/[0-9a-f-]{36}\.pack))$/;

const isNotThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Whole files of the file store: what is only being written has another name. */
async function storedFiles(data: string): Promise<string[]> {
  const found = await readdir(join(data, 'files'), { recursive: true }).catch(() => []);
  return found.map((name) => `files/${name.split(sep).join('/')}`).filter((name) => allowed.test(name));
}

async function appendBytes(archive: FileHandle, name: string, bytes: Buffer): Promise<void> {
  const head = tarHead({ name, size: bytes.length, at: Date.now() });
  await archive.writeFile(Buffer.concat([head, bytes, tarFill(bytes.length)]));
}

async function appendFile(archive: FileHandle, name: string, path: string): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  await archive.writeFile(tarHead({ name, size, at: mtimeMs }));
  // The file may grow while it is read; the archive has promised its size.
  let written = 0;
  if (size > 0) {
    for await (const piece of createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>) {
      written += piece.length;
      await archive.writeFile(piece);
    }
  }
  if (written !== size) throw new Error(`${path} became shorter while it was read`);
  await archive.writeFile(tarFill(size));
}

/** The database first: every document that it names is in the file store by then. */
async function writeAll(store: Store, data: string, note: BackupNote, archive: FileHandle): Promise<number> {
  await appendBytes(archive, noteName, Buffer.from(`${JSON.stringify(note, null, 2)}\n`));
  if (store.engine === 'sqlite') {
    const copy = join(data, `outbox.db.backup-${process.pid}`);
    await rm(copy, { force: true });
    try {
      await store.installation.copyTo(copy);
      await appendFile(archive, databaseName, copy);
    } finally {
      await rm(copy, { force: true });
    }
  }
  await appendFile(archive, 'secret.key', join(data, 'secret.key'));
  const files = await storedFiles(data);
  for (const name of files) await appendFile(archive, name, join(data, name));
  await archive.writeFile(tarEnd);
  return files.length;
}

/**
 * Writes a backup while everything works. On PostgreSQL it is of the files and the key; the database has its own tools.
 * @returns the number of files of documents in it
 * @throws OBX042
 */
export async function writeBackup(store: Store, data: string, note: BackupNote, file: string): Promise<number> {
  const draft = `${file}.part`;
  const fail = (error: unknown): never => {
    throw new OutboxError('OBX042', { file, detail: wordsOf(error) }, error);
  };
  if (
    await stat(file).then(
      () => true,
      () => false,
    )
  )
    return fail(new Error('it exists'));
  const archive = await open(draft, 'wx', 0o600).catch(fail);
  try {
    const count = await writeAll(store, data, note, archive);
    await archive.sync();
    await archive.close();
    await rename(draft, file);
    return count;
  } catch (error) {
    await archive.close().catch(() => {});
    await rm(draft, { force: true });
    return fail(error);
  }
}

/** @throws OBX044 */
async function demandEmpty(data: string): Promise<void> {
  const found = await readdir(data).catch((error: unknown) => {
    if (isNotThere(error)) return [];
    throw error;
  });
  // A volume that is a disk of its own has this folder from the beginning.
  if (found.some((name) => name !== 'lost+found')) throw new OutboxError('OBX044', { data });
}

function checkDatabase(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const [found] = database.prepare('pragma quick_check(1)').all();
    if (found?.['quick_check'] !== 'ok') throw new Error(`its database is damaged: ${String(found?.['quick_check'])}`);
  } finally {
    database.close();
  }
}

async function unpack(file: string, data: string, made: Set<string>): Promise<BackupNote> {
  let note: BackupNote | null = null;
  for await (const { head, content } of readTar(createReadStream(file) as AsyncIterable<Buffer>)) {
    if (!allowed.test(head.name))
      throw new Error(`it holds ${JSON.stringify(head.name)}, which is no file of a backup`);
    if (head.name === noteName) {
      note = JSON.parse(Buffer.concat(await Array.fromAsync(content)).toString()) as BackupNote;
      continue;
    }
    if (note === null) throw new Error('it is no backup of Outbox');
    made.add(head.name.split('/')[0]!);
    const path = join(data, head.name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const written = await open(path, 'wx', 0o600);
    try {
      for await (const piece of content) await written.writeFile(piece);
      await written.sync();
    } finally {
      await written.close();
    }
  }
  if (note === null) throw new Error('it is no backup of Outbox');
  if (made.has(databaseName)) checkDatabase(join(data, databaseName));
  return note;
}

/**
 * Makes the data folder what the backup holds: all of it, or nothing.
 * @throws OBX044 when the folder is not empty, OBX043 when the backup is none, is damaged, or is cut off
 */
export async function restoreBackup(file: string, data: string): Promise<BackupNote> {
  await demandEmpty(data);
  const made = new Set<string>();
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    return await unpack(file, data, made);
  } catch (error) {
    for (const name of made) await rm(join(data, name), { recursive: true, force: true });
    throw new OutboxError('OBX043', { file, detail: wordsOf(error) }, error);
  }
}
