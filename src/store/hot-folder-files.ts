// The ledger of the hot folder: which manifest was dealt with, so that what a crash left lying there is not taken in again.
import type { Connection, Database, HotFolderFileTable } from './schema.ts';

export type HotFolderFile = HotFolderFileTable;

/** Another server, or this one before a crash, has dealt with the very same file. */
export class DealtWith extends Error {
  override readonly name = 'DealtWith';
}

/** @throws DealtWith */
export async function addToLedger(connection: Connection | Database, file: HotFolderFile): Promise<void> {
  const { at, batchId, result, putAwayAt } = file;
  const written = await connection
    .insertInto('hotFolderFile')
    .values(file)
    .onConflict((conflict) =>
      conflict
        .columns(['path', 'digest'])
        .doUpdateSet({ at, batchId, result, putAwayAt })
        .where('hotFolderFile.putAwayAt', 'is not', null),
    )
    .executeTakeFirst();
  if ((written.numInsertedOrUpdatedRows ?? 0n) === 0n) throw new DealtWith(file.path);
}

export const createHotFolderFiles = (db: Database) => ({
  /** @throws DealtWith */
  add: (file: HotFolderFile): Promise<void> => addToLedger(db, file),

  /** The line of a file that was dealt with and lies in the folder still. */
  async unfinished(path: string, digest: string): Promise<HotFolderFile | null> {
    const found = db.selectFrom('hotFolderFile').selectAll().where('path', '=', path).where('digest', '=', digest);
    return (await found.where('putAwayAt', 'is', null).executeTakeFirst()) ?? null;
  },

  async putAway(path: string, digest: string, at: number): Promise<void> {
    const row = db.updateTable('hotFolderFile').set({ putAwayAt: at });
    await row.where('path', '=', path).where('digest', '=', digest).execute();
  },

  /** Newest first. */
  recent: (most: number): Promise<HotFolderFile[]> =>
    db.selectFrom('hotFolderFile').selectAll().orderBy('at', 'desc').limit(most).execute(),
});
