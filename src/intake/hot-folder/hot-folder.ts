// The hot folder: a manifest and its files dropped there become a batch. Looked at again and again; nothing is read half-written.
import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname as folderOf, extname, join } from 'node:path';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { nextStep, sentenceOf } from '../../message/reasons.ts';
import { readManifest } from '../manifest/read.ts';
import { resolveManifestFile } from '../manifest/path.ts';
import { readManifestRun } from '../manifest-run.ts';
import type { IntakeParts } from '../parts.ts';
import { isAllRefused, takeIn, type TakenIn } from '../take-in.ts';
import { DealtWith, type HotFolderFile } from '../../store/hot-folder-files.ts';
import { putAway, type Shelf } from './put-away.ts';
import { createSettled, type Patience, patience as usual } from './settled.ts';

/** One manifest that was dealt with, or that waits because it can not be. */
export interface HotFolderResult {
  manifest: string;
  result: Shelf | 'waiting';
  batch: string | null;
  /** What became of it, in words. */
  text: string;
  /** The folder where its files are now. */
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

function headOf({ batch, messages, known, refused }: TakenIn): string {
  if (batch !== null) return `Batch ${batch}`;
  if (messages.length + known.length + refused.length === 0) return 'No batch: there is no document in it.';
  return `No batch: ${known.length > 0 ? 'everything was taken in before' : 'nothing could be taken'}.`;
}

function* knownLines({ known }: TakenIn): Generator<string> {
  for (const { place, message, status, reason, text } of known) {
    const next = reason === null ? '' : `: ${sentenceOf(reason)} → ${nextStep(reason, message, null)}`;
    yield `Not taken again: ${place}: ${text}, message ${message} (${status})${next}`;
  }
}

function reportOf(taken: TakenIn): string {
  const counts = `${taken.messages.length} messages, ${taken.known.length} taken in before, ${taken.refused.length} refused`;
  const lines = [headOf(taken), counts];
  for (const { place, detail, hint } of taken.refused) lines.push(`Refused: ${place}: ${detail} → ${hint}`);
  for (const { message, place } of taken.replaced) lines.push(`Replaced: ${message} is cancelled for ${place}`);
  for (const { id, status, reason, detail, why } of taken.messages) {
    if (status !== 'blocked' || reason === null) continue;
    lines.push(`Blocked: ${id}: ${detail ?? sentenceOf(reason)} → ${nextStep(reason, id, null, why.level)}`);
  }
  return [...lines, ...knownLines(taken)].join('\n');
}

const lateText = ({ batchId }: HotFolderFile): string =>
  `${batchId === null ? 'It was dealt with' : `Batch ${batchId} was taken in`}, and the program ended before the files were put away.${
    batchId === null ? '' : `\nSee outbox list --batch ${batchId}`
  }`;

const reasonOf = (error: OutboxError): string => `${error.message}\n→ ${error.hint} (${error.code})`;

export interface HotFolder {
  /**
   * Deals with every manifest that is whole. What one of them can not be read for does not hold up the others, and is said once.
   * @throws OBX003 when the folder can not be looked at
   */
  scan(): Promise<HotFolderResult[]>;
}

/** One that lies there, with what it is known by. */
interface Dropped {
  manifest: string;
  bytes: Buffer;
  /** Of these bytes, written then: the same bytes dropped anew are another file. */
  digest: string;
}

async function readDropped(manifest: string): Promise<Dropped> {
  const { mtimeMs } = await stat(manifest);
  const bytes = await readFile(manifest);
  return { manifest, bytes, digest: createHash('sha256').update(bytes).update(`\0${mtimeMs}`).digest('hex') };
}

/** Somebody has taken it away meanwhile; a link that leads nowhere is still there. */
const isGone = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => false,
    () => true,
  );

/**
 * @param path made when it is not there
 * @param parts asked for anew at every scan: settings change
 * @param now for people: when a thing was dealt with
 * @param steady milliseconds that no change of the clock moves: how long a file is quiet
 */
export function openHotFolder(
  path: string,
  parts: () => Promise<IntakeParts>,
  now: () => number,
  patience: Patience = usual,
  steady: () => number = () => performance.now(),
): HotFolder {
  const settled = createSettled(steady, patience);
  /** When a manifest was first seen whole while files of it were missing. */
  const waitingSince = new Map<string, number>();
  /** What was said of a manifest that can not be dealt with. */
  const told = new Map<string, string>();

  const isReady = async ({ manifest }: Dropped, files: { found: string[]; missing: number }): Promise<boolean> => {
    // A manifest that is still being written names some of its files already: their clocks run beside its own.
    const whole = await Promise.all([manifest, ...files.found].map((file) => settled.isSettled(file)));
    if (whole.includes(false)) return false;
    const since = waitingSince.get(manifest) ?? steady();
    waitingSince.set(manifest, since);
    return files.missing === 0 || steady() - since >= patience.unfinishedMs;
  };

  const finish = async (
    folder: string,
    { manifest, digest }: Dropped,
    found: readonly string[],
    end: Pick<HotFolderFile, 'at' | 'batchId'> & { result: Shelf; text: string; isLate: boolean },
    intake: IntakeParts,
  ): Promise<HotFolderResult> => {
    const files = [manifest, ...found.filter((file) => file !== manifest)];
    const place = await putAway(folder, end.result, files, end.text, end.at, end.isLate);
    for (const file of files) settled.forget(file);
    waitingSince.delete(manifest);
    await intake.store.hotFolderFiles.putAway(manifest, digest, now());
    return { manifest, result: end.result, batch: end.batchId, text: end.text, place };
  };

  /** The line of the ledger is written with the messages: whatever happens to the files, they are not taken in again. */
  const take = async (folder: string, dropped: Dropped, found: string[], intake: IntakeParts) => {
    const { manifest, bytes, digest } = dropped;
    const at = intake.now();
    const source = `hot folder ${path}`;
    try {
      const run = await readManifestRun(bytes, manifest, { source, hold: false });
      const ledger = { path: manifest, digest, at };
      const taken = await takeIn(run, intake, { dryRun: false, ledger });
      const result: Shelf = isAllRefused(taken) ? 'refused' : 'done';
      const end = { at, batchId: taken.batch, result, text: reportOf(taken), isLate: false };
      return await finish(folder, dropped, found, end, intake);
    } catch (error) {
      if (error instanceof DealtWith) return null;
      if (!(error instanceof OutboxError) || error.kind !== 'usage') throw error;
      const end = { at, batchId: null, result: 'refused' as const };
      await intake.store.hotFolderFiles.add({ path: manifest, digest, ...end, putAwayAt: null });
      return finish(folder, dropped, found, { ...end, text: reasonOf(error), isLate: false }, intake);
    }
  };

  const dealWith = async (folder: string, manifest: string): Promise<HotFolderResult | null> => {
    const dropped = await readDropped(manifest);
    const files = await filesOf(dropped.bytes, manifest, folder);
    const intake = await parts();
    const line = await intake.store.hotFolderFiles.unfinished(manifest, dropped.digest);
    if (line) {
      const result: Shelf = line.result === 'refused' ? 'refused' : 'done';
      return finish(folder, dropped, files.found, { ...line, result, text: lateText(line), isLate: true }, intake);
    }
    return (await isReady(dropped, files)) ? take(folder, dropped, files.found, intake) : null;
  };

  /** Says the same of the same manifest once. */
  const tellOnce = async (manifest: string, error: unknown): Promise<HotFolderResult[]> => {
    if (await isGone(manifest)) return [];
    const text = error instanceof OutboxError ? reasonOf(error) : `It can not be dealt with now: ${wordsOf(error)}`;
    if (told.get(manifest) === text) return [];
    told.set(manifest, text);
    return [{ manifest, result: 'waiting', batch: null, text, place: folderOf(manifest) }];
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
        try {
          const result = await dealWith(folder, manifest);
          if (result) results.push(result);
          told.delete(manifest);
        } catch (error) {
          results.push(...(await tellOnce(manifest, error)));
        }
      }
      return results;
    },
  };
}
