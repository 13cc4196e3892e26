// Where the data folder lies, and the mark of the installation in it: installation.json, and installation.starts beside it.
import { createHash, randomBytes } from 'node:crypto';
import { access, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FolderMark, Place } from '../message/installation.ts';

/** What lies there in every container of the usual kinds. Their names, and their machine ids, last no longer than they do. */
const signsOfContainer = ['/.dockerenv', '/run/.containerenv', '/var/run/secrets/kubernetes.io'];

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The machine id itself is not to be shown to anybody: machine-id(5). */
async function machineOf(): Promise<string | null> {
  for (const sign of signsOfContainer) if (await exists(sign)) return null;
  const id = (await readFile('/etc/machine-id', 'utf8').catch(() => '')).trim();
  const known = /^[0-9a-f]{32}$/.test(id) ? id : `host ${hostname()}`;
  return createHash('sha256').update(`outbox ${known}`).digest('hex').slice(0, 32);
}

type Mark = Omit<FolderMark, 'starts'>;

export interface PlaceFile {
  read(): Promise<FolderMark | null>;
  /** Where the folder lies now. */
  here(): Promise<Place>;
  /** Puts the mark there, in place of another. */
  write(id: string): Promise<void>;
  /** As `write`, where the folder has moved since. */
  refresh(mark: FolderMark): Promise<void>;
  writeStarts(starts: number): Promise<void>;
}

/** @param name of the place, given by the administrator */
export function openPlaceFile(dataFolder: string, name: string | null): PlaceFile {
  const file = join(dataFolder, 'installation.json');
  const startsFile = join(dataFolder, 'installation.starts');

  const placeWith = async (inode: string): Promise<Place> => ({
    name,
    host: hostname(),
    folder: await realpath(dataFolder),
    machine: await machineOf(),
    inode,
  });

  /** Written beside and renamed: nobody reads half of it. What is written may hold the number of the file itself. */
  const put = async (path: string, text: (inode: string) => Promise<string>): Promise<void> => {
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    const handle = await open(draft, 'wx', 0o600);
    try {
      const { ino } = await handle.stat({ bigint: true });
      await handle.writeFile(`${await text(ino.toString())}\n`);
      await handle.sync();
      await handle.close();
      await rename(draft, path);
    } catch (error) {
      await handle.close().catch(() => {});
      await rm(draft, { force: true });
      throw error;
    }
  };

  const write = (id: string): Promise<void> =>
    put(file, async (inode) => JSON.stringify({ id, place: await placeWith(inode) } satisfies Mark, null, 2));

  const inodeOf = (path: string): Promise<string> =>
    stat(path, { bigint: true }).then(
      ({ ino }) => ino.toString(),
      () => '',
    );

  const here = async (): Promise<Place> => placeWith(await inodeOf(file));

  return {
    async read() {
      const text = await readFile(file, 'utf8').catch(() => null);
      if (text === null) return null;
      const starts = Number((await readFile(startsFile, 'utf8').catch(() => '0')).trim());
      try {
        return { ...(JSON.parse(text) as Mark), starts };
      } catch {
        return null;
      }
    },
    here,
    write,
    async refresh({ id, place }) {
      if (JSON.stringify(place) !== JSON.stringify(await here())) await write(id);
    },
    writeStarts: (starts) => put(startsFile, () => Promise.resolve(String(starts))),
  };
}
