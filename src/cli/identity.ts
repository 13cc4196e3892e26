// Is this the installation itself, or a copy? A copy does not send before a person says that it may (docs/backup.md).
import type { PlaceFile } from '../config/place.ts';
import { OutboxError } from '../message/errors.ts';
import { copyWhy, type DatabaseMark, type FolderMark } from '../message/installation.ts';
import type { Store } from '../store/store.ts';

export interface Identity {
  /** The reason why this does not send, with the next step; null when it is the installation itself. */
  fault(): Promise<OutboxError | null>;
  /**
   * A worker starts here.
   * @throws OBX040 when this is a copy
   */
  begin(): Promise<void>;
  /** The copy becomes an installation of its own. */
  adopt(by: string, now: number): Promise<void>;
}

/** Marks what has no mark yet: from its first command on, a copy can be told from the original. */
async function marked(store: Store, file: PlaceFile): Promise<DatabaseMark> {
  const known = await store.installation.read();
  if (known) return known;
  const isOurs = await store.installation.make(Date.now());
  const made = (await store.installation.read())!;
  if (isOurs) {
    await file.write(made.id);
    await file.writeStarts(0);
  }
  return made;
}

export async function openIdentity(store: Store, file: PlaceFile): Promise<Identity> {
  await marked(store, file);
  const mayJoin = store.engine === 'postgres';

  const look = async (): Promise<{ database: DatabaseMark; folder: FolderMark | null; why: string | null }> => {
    const database = await marked(store, file);
    const folder = await file.read();
    const foundDatabase = await store.installation.place();
    const why = copyWhy({ database, foundDatabase, folder, here: await file.here(), mayJoin });
    return { database, folder, why };
  };

  const faultOf = ({ madeOn, madeAt }: DatabaseMark, why: string): OutboxError =>
    new OutboxError('OBX040', { host: madeOn, date: new Date(madeAt).toISOString().slice(0, 10), why });

  return {
    async fault() {
      const { database, why } = await look();
      return why === null ? null : faultOf(database, why);
    },
    async begin() {
      const { database, folder, why } = await look();
      if (why !== null) throw faultOf(database, why);
      if (folder) await file.refresh(folder);
      else await file.write(database.id);
      // First in the database: it may be ahead of the folder, never behind.
      await file.writeStarts(await store.installation.start());
    },
    async adopt(by, now) {
      const { database, folder, why } = await look();
      const starts = Math.max(database.starts, folder?.starts ?? 0);
      await store.installation.adopt(starts);
      await file.write(database.id);
      await file.writeStarts(starts);
      const text = why === null ? '' : `Before: ${why}.`;
      await store.events.append({ subject: 'setting', subjectId: 'installation', at: now, what: 'adopted', by, text });
    },
  };
}
