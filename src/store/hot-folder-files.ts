// The ledger of the hot folder: what was read already, by content, so that a file dropped twice is not taken in twice.
import type { Database, Tables } from './schema.ts';

export type HotFolderFile = Tables['hotFolderFile'];

export const createHotFolderFiles = (db: Database) => ({
  async add(file: HotFolderFile): Promise<void> {
    const { at, batchId, result } = file;
    await db
      .insertInto('hotFolderFile')
      .values(file)
      .onConflict((conflict) => conflict.columns(['path', 'digest']).doUpdateSet({ at, batchId, result }))
      .execute();
  },

  /** Newest first. */
  recent: (most: number): Promise<HotFolderFile[]> =>
    db.selectFrom('hotFolderFile').selectAll().orderBy('at', 'desc').limit(most).execute(),
});
