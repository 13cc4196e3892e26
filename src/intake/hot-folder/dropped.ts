// What lies in a hot folder: the manifests, what each is known by, and the files that it names.
import { createHash } from 'node:crypto';
import { lstat, readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { manifestFolder } from '../manifest/path.ts';
import { readManifest } from '../manifest/read.ts';

const manifestEnds = ['.csv', '.json', '.xml'];

/** Names that programs give to files they are still writing. */
const isUnfinishedName = (name: string): boolean => /^[.~]|\.(?:tmp|part|partial|filepart|crdownload)$/i.test(name);

export const isManifestName = (name: string): boolean =>
  manifestEnds.includes(extname(name).toLowerCase()) && !isUnfinishedName(name);

/** Full paths of the files that a manifest names and that are there. A manifest that can not be read names none. */
export async function filesOf(
  bytes: Uint8Array,
  path: string,
  folder: string,
): Promise<{ found: string[]; missing: number }> {
  try {
    const names = new Set(readManifest(bytes, path).rows.map(({ file }) => file));
    const found: string[] = [];
    let missing = 0;
    const find = manifestFolder(folder);
    for (const name of names) {
      const file = await find(name).catch(() => null);
      if (file?.ok) found.push(file.path);
      else if (file) missing++;
    }
    return { found, missing };
  } catch {
    return { found: [], missing: 0 };
  }
}

/** One that lies there, with what it is known by. */
export interface Dropped {
  manifest: string;
  bytes: Buffer;
  /** Of these bytes, written then: the same bytes dropped anew are another file. */
  digest: string;
}

export async function readDropped(manifest: string): Promise<Dropped> {
  const { mtimeMs } = await stat(manifest);
  const bytes = await readFile(manifest);
  return { manifest, bytes, digest: createHash('sha256').update(bytes).update(`\0${mtimeMs}`).digest('hex') };
}

/** Somebody has taken it away meanwhile; a link that leads nowhere is still there. */
export const isGone = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => false,
    () => true,
  );
