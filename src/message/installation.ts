// Whether this is the installation itself or a copy of it: a copy must not send by itself what the original sends too. Pure.

/** Where a data folder lies. */
export interface Place {
  /** Given by the administrator; then it stands for all of the others. */
  name: string | null;
  host: string;
  folder: string;
  /** Of the machine; null where it has none that lasts, as in a container. */
  machine: string | null;
  /** Of the file that carries the mark: moving the folder keeps it, copying does not. */
  inode: string;
}

/** The mark in the data folder. */
export interface FolderMark {
  id: string;
  place: Place;
  /** Starts of workers that this folder has seen. */
  starts: number;
}

/** The mark in the database. */
export interface DatabaseMark {
  id: string;
  madeAt: number;
  madeOn: string;
  /** Where the database lay when it was marked; see `databasePlace`. */
  database: string;
  /** Starts of workers so far. */
  starts: number;
}

export interface Marks {
  database: DatabaseMark;
  /** Where the database lies now. */
  foundDatabase: string;
  /** Null where the folder has none. */
  folder: FolderMark | null;
  here: Place;
  /** Several data folders may work on one database: one without a mark joins. */
  mayJoin: boolean;
}

/** Of the system that runs it, where it can be asked, and of the database in it. */
export const databasePlace = (system: string | null, database: string): string => `${system ?? ''}/${database}`;

function isSameDatabase(a: string, b: string): boolean {
  const [systemA = '', databaseA = ''] = a.split('/');
  const [systemB = '', databaseB = ''] = b.split('/');
  return databaseA === databaseB && (systemA === systemB || systemA === '' || systemB === '');
}

/** Null when the folder lies where it lay. A new path, or a new host name of a container, is no other place. */
function movedWhy(before: Place, here: Place): string | null {
  if (before.name !== null && here.name !== null) {
    return before.name === here.name ? null : `it belongs to the place ${before.name}, and this is ${here.name}`;
  }
  if (before.machine !== null && here.machine !== null && before.machine !== here.machine) {
    return `it lay on another machine, ${before.host}, before`;
  }
  return before.inode === here.inode
    ? null
    : `its data folder was copied or restored (it lay in ${before.folder} on ${before.host})`;
}

/** @returns why it is a copy, in words that go on after a colon; null when it is the installation itself */
export function copyWhy({ database, foundDatabase, folder, here, mayJoin }: Marks): string | null {
  if (!isSameDatabase(database.database, foundDatabase)) return 'its database was copied or restored from a dump';
  if (folder === null)
    return mayJoin ? null : 'its data folder was restored from a backup, or only its database was copied';
  if (folder.id !== database.id) return 'database and data folder belong to two installations';
  if (database.starts < folder.starts) return 'its database is older than its data folder: it was restored';
  return movedWhy(folder.place, here);
}
