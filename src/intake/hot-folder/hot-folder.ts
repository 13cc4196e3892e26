// The hot folder: a manifest and its files dropped there become a batch. Looked at again and again; nothing is read half-written.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, realpath } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { nextStep, sentenceOf } from '../../message/reasons.ts';
import { readManifest } from '../manifest/read.ts';
import { resolveManifestFile } from '../manifest/path.ts';
import { readManifestRun } from '../manifest-run.ts';
import type { IntakeParts } from '../parts.ts';
import { takeIn, type TakenIn } from '../take-in.ts';
import { putAway } from './put-away.ts';
import { createSettled, type Patience, patience as usual } from './settled.ts';

/** One manifest that was dealt with. */
export interface HotFolderResult {
  manifest: string;
  result: 'done' | 'refused';
  batch: string | null;
  /** What became of it, in words. */
  text: string;
  /** Where its files are now. */
  place: string;
}

const manifestEnds = ['.csv', '.json', '.xml'];

/** Names that programs give to files they are still writing. */
const isUnfinishedName = (name: string): boolean => /^[.~]|\.(?:tmp|part|partial|filepart|crdownload)$/i.test(name);

const isManifestName = (name: string): boolean =>
  manifestEnds.includes(extname(name).toLowerCase()) && !isUnfinishedName(name);

/** Full paths of the files that a manifest names and that are there. A manifest that can not be read names none. */
async function filesOf(bytes: Uint8Array, path: string, folder: string): Promise<{ found: string[]; missing: number }> {
  try {
    const names = new Set(readManifest(bytes, path).rows.map(({ file }) => file));
    const found: string[] = [];
    let missing = 0;
    for (const name of names) {
      const file = await resolveManifestFile(folder, name).catch(() => null);
      if (file?.ok) found.push(file.path);
      else if (file) missing++;
    }
    return { found, missing };
  } catch {
    return { found: [], missing: 0 };
  }
}

function reportOf(taken: TakenIn): string {
  const lines = [`Batch ${taken.batch ?? '(none: everything was taken in before)'}`];
  lines.push(
    `${taken.messages.length} messages, ${taken.known.length} taken in before, ${taken.refused.length} refused`,
  );
  for (const { place, detail, hint } of taken.refused) lines.push(`Refused: ${place}: ${detail} → ${hint}`);
  for (const { id, status, reason, detail } of taken.messages) {
    if (status !== 'blocked' || reason === null) continue;
    lines.push(`Blocked: ${id}: ${detail ?? sentenceOf(reason)} → ${nextStep(reason, id, null)}`);
  }
  return lines.join('\n');
}

const reasonOf = (error: OutboxError): string => `${error.message}\n→ ${error.hint} (${error.code})`;

const isAllRefused = (taken: TakenIn): boolean =>
  taken.messages.length === 0 && taken.known.length === 0 && taken.refused.length > 0;

export interface HotFolder {
  /** Deals with every manifest that is whole. @throws OBX003 when the folder can not be looked at */
  scan(): Promise<HotFolderResult[]>;
}

/**
 * @param path made when it is not there
 * @param parts asked for anew at every scan: settings change
 */
export function openHotFolder(
  path: string,
  parts: () => Promise<IntakeParts>,
  now: () => number,
  patience: Patience = usual,
): HotFolder {
  const settled = createSettled(now, patience);
  /** When a manifest was first seen whole while files of it were missing. */
  const waitingSince = new Map<string, number>();

  const isReady = async (manifest: string, folder: string): Promise<string[] | null> => {
    // A manifest that is still being written names some of its files already: their clocks run beside its own.
    const { found, missing } = await filesOf(await readFile(manifest), manifest, folder);
    const whole = await Promise.all([manifest, ...found].map((file) => settled.isSettled(file)));
    if (whole.includes(false)) return null;
    const since = waitingSince.get(manifest) ?? now();
    waitingSince.set(manifest, since);
    if (missing > 0 && now() - since < patience.unfinishedMs) return null;
    return found;
  };

  const finish = async (
    folder: string,
    files: string[],
    digest: string,
    end: Omit<HotFolderResult, 'manifest' | 'place'>,
    intake: IntakeParts,
  ): Promise<HotFolderResult> => {
    const [manifest] = files as [string];
    const place = await putAway(folder, end.result, files, end.text, now());
    for (const file of files) settled.forget(file);
    waitingSince.delete(manifest);
    const { batch, result } = end;
    await intake.store.hotFolderFiles.add({ path: manifest, digest, at: now(), batchId: batch, result });
    return { ...end, manifest, place };
  };

  const read = async (manifest: string, folder: string, found: string[]): Promise<HotFolderResult | null> => {
    const bytes = await readFile(manifest);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const files = [manifest, ...found.filter((file) => file !== manifest)];
    const intake = await parts();
    try {
      const run = await readManifestRun(bytes, manifest, { source: `hot folder ${path}`, hold: false });
      const taken = await takeIn(run, intake, { dryRun: false });
      const result = isAllRefused(taken) ? 'refused' : 'done';
      return await finish(folder, files, digest, { result, batch: taken.batch, text: reportOf(taken) }, intake);
    } catch (error) {
      if (!(error instanceof OutboxError) || error.kind !== 'usage') throw error;
      return finish(folder, files, digest, { result: 'refused', batch: null, text: reasonOf(error) }, intake);
    }
  };

  return {
    async scan() {
      let folder: string;
      let names: string[];
      try {
        await mkdir(path, { recursive: true });
        folder = await realpath(path);
        names = await readdir(folder);
      } catch (error) {
        throw new OutboxError('OBX003', { file: path, detail: wordsOf(error) }, error);
      }
      const results: HotFolderResult[] = [];
      for (const name of names.filter(isManifestName).toSorted()) {
        const manifest = join(folder, name);
        const found = await isReady(manifest, folder);
        const result = found && (await read(manifest, folder, found));
        if (result) results.push(result);
      }
      return results;
    },
  };
}
