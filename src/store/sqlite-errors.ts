// What SQLite throws, as a person should read it: a full or broken disk, missing rights and foreign locks are no bugs of ours.
import { OutboxError, wordsOf } from '../message/errors.ts';

/** Primary result codes (sqlite.org/rescode.html): the low byte of the extended ones. */
const busy = 5;
const full = 13;
/** PERM, READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB. */
const unusable: ReadonlySet<number> = new Set([3, 8, 10, 11, 14, 26]);

function primaryCode(error: unknown): number | null {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : null;
}

export const isBusy = (error: unknown): boolean => primaryCode(error) === busy;

/** @returns OBX022 no space, OBX023 it can not be read or written; anything else stays what it is */
export function toldOfSqlite(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === full) return new OutboxError('OBX022', { detail: wordsOf(error) }, error);
  if (code !== null && unusable.has(code)) return new OutboxError('OBX023', { detail: wordsOf(error) }, error);
  return error;
}
