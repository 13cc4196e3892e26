// The hot folder: a manifest and its files dropped there become a batch. Looked at again and again; nothing is read half-written.
import { mkdir, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { DealtWith, type HotFolderFile } from '../../store/hot-folder-files.ts';
import { readManifestRun } from '../manifest-run.ts';
import type { IntakeParts } from '../parts.ts';
import { isAllRefused, takeIn } from '../take-in.ts';
import { type Dropped, filesOf, isGone, isManifestName, readDropped } from './dropped.ts';
import { putAway, type Shelf } from './put-away.ts';
import { lateText, reasonOf, reportOf } from './report.ts';
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

export interface HotFolder {
  /**
   * Deals with every manifest that is whole. What one of them can not be read for does not hold up the others, and is said once.
   * @throws OBX003 when the folder can not be looked at
   */
  scan(): Promise<HotFolderResult[]>;
}

/** One folder that is looked at again and again. */
interface Watch {
  /** As the person named it. */
  name: string;
  settled: ReturnType<typeof createSettled>;
  /** When a manifest was first seen whole while files of it were missing. */
  waitingSince: Map<string, number>;
  patience: Patience;
  now: () => number;
  steady: () => number;
}

interface Files {
  found: string[];
  missing: number;
}

async function isReady(
  { settled, waitingSince, steady, patience }: Watch,
  manifest: string,
  { found, missing }: Files,
) {
  // A manifest that is still being written names some of its files already: their clocks run beside its own.
  const whole = await Promise.all([manifest, ...found].map((file) => settled.isSettled(file)));
  if (whole.includes(false)) return false;
  const since = waitingSince.get(manifest) ?? steady();
  waitingSince.set(manifest, since);
  return missing === 0 || steady() - since >= patience.unfinishedMs;
}

/** One manifest on its way through. */
interface Pass {
  folder: string;
  dropped: Dropped;
  found: readonly string[];
  intake: IntakeParts;
}

type End = Pick<HotFolderFile, 'at' | 'batchId'> & { result: Shelf; text: string; isLate: boolean };

async function finish(watch: Watch, { folder, dropped, found, intake }: Pass, end: End): Promise<HotFolderResult> {
  const { manifest, digest } = dropped;
  const files = [manifest, ...found.filter((file) => file !== manifest)];
  const place = await putAway(folder, end.result, files, end.text, end.at, end.isLate);
  for (const file of files) watch.settled.forget(file);
  watch.waitingSince.delete(manifest);
  await intake.store.hotFolderFiles.putAway(manifest, digest, watch.now());
  return { manifest, result: end.result, batch: end.batchId, text: end.text, place };
}

/** Writes the line of the ledger with the messages, or with the refusal: whatever happens to the files, they are not taken in again. */
async function take({ name }: Watch, { dropped, intake }: Pass): Promise<End> {
  const { manifest, bytes, digest } = dropped;
  const at = intake.now();
  try {
    const run = await readManifestRun(bytes, manifest, { source: `hot folder ${name}`, hold: false });
    const taken = await takeIn(run, intake, { dryRun: false, ledger: { path: manifest, digest, at } });
    const result: Shelf = isAllRefused(taken) ? 'refused' : 'done';
    return { at, batchId: taken.batch, result, text: reportOf(taken), isLate: false };
  } catch (error) {
    if (!(error instanceof OutboxError) || error.kind !== 'usage') throw error;
    const end = { at, batchId: null, result: 'refused' as const };
    await intake.store.hotFolderFiles.add({ path: manifest, digest, ...end, putAwayAt: null });
    return { ...end, text: reasonOf(error), isLate: false };
  }
}

/** @returns null while it is waited for, or when another server has it */
async function dealWith(watch: Watch, folder: string, manifest: string, parts: () => Promise<IntakeParts>) {
  const dropped = await readDropped(manifest);
  const files = await filesOf(dropped.bytes, manifest, folder);
  const intake = await parts();
  const pass: Pass = { folder, dropped, found: files.found, intake };
  const line = await intake.store.hotFolderFiles.unfinished(manifest, dropped.digest);
  if (line) {
    const result: Shelf = line.result === 'refused' ? 'refused' : 'done';
    return finish(watch, pass, { ...line, result, text: lateText(line), isLate: true });
  }
  if (!(await isReady(watch, manifest, files))) return null;
  const end = await take(watch, pass).catch((error: unknown) => {
    if (error instanceof DealtWith) return null;
    throw error;
  });
  return end && finish(watch, pass, end);
}

/** Says the same of the same manifest once. */
async function* tellOnce(told: Map<string, string>, manifest: string, error: unknown): AsyncGenerator<HotFolderResult> {
  if (await isGone(manifest)) return;
  const text = error instanceof OutboxError ? reasonOf(error) : `It can not be dealt with now: ${wordsOf(error)}`;
  if (told.get(manifest) === text) return;
  told.set(manifest, text);
  yield { manifest, result: 'waiting', batch: null, text, place: dirname(manifest) };
}

/** @throws OBX003 */
async function look(path: string): Promise<{ folder: string; names: string[] }> {
  try {
    await mkdir(path, { recursive: true });
    const folder = await realpath(path);
    return { folder, names: (await readdir(folder)).filter(isManifestName).toSorted() };
  } catch (error) {
    throw new OutboxError('OBX003', { file: path, detail: wordsOf(error) }, error);
  }
}

/**
 * @param path made when it is not there
 * @param parts asked for anew at every scan: settings change
 * @param now for people: when a thing was put away
 * @param patience how long a file must be quiet
 * @param steady milliseconds that no change of the clock moves: by them it is measured
 */
export function openHotFolder(
  path: string,
  parts: () => Promise<IntakeParts>,
  now: () => number,
  patience: Patience = usual,
  steady: () => number = () => performance.now(),
): HotFolder {
  const settled = createSettled(steady, patience);
  const watch: Watch = { name: path, settled, waitingSince: new Map(), patience, now, steady };
  /** What was said of a manifest that can not be dealt with. */
  const told = new Map<string, string>();
  return {
    async scan() {
      const { folder, names } = await look(path);
      const results: HotFolderResult[] = [];
      for (const name of names) {
        const manifest = join(folder, name);
        try {
          const result = await dealWith(watch, folder, manifest, parts);
          if (result) results.push(result);
          told.delete(manifest);
        } catch (error) {
          for await (const result of tellOnce(told, manifest, error)) results.push(result);
        }
      }
      return results;
    },
  };
}
