// The service: works until it is told to stop, takes new settings as they are applied, and looks into the hot folders.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type HotFolder, openHotFolder } from '../intake/hot-folder/hot-folder.ts';
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { Settings } from '../message/settings.ts';
import { intakeParts } from './intake-parts.ts';
import type { Context, Installation } from './installation.ts';
import { rawOf } from '../desk/raw-settings.ts';
import { work } from './work.ts';

const lookMs = 1_000;

/** @returns false when the signal ended the wait */
const pause = (signal: AbortSignal): Promise<boolean> => wait(lookMs, true, { signal }).catch(() => false);

/** Of what sending depends on: who may sign in does not matter to it. */
const digestOf = async ({ store }: Installation): Promise<string> =>
  createHash('sha256')
    .update(JSON.stringify((await rawOf(store)).filter(({ section }) => section !== 'users')))
    .digest('hex');

/** Settings that can not be used now (none yet, a secret missing) are waited for: the service must survive a bad hour. */
async function settingsOrNull(context: Context, tell: (text: string) => void): Promise<Settings | null> {
  try {
    return await (await context.installation()).settings();
  } catch (error) {
    if (!(error instanceof OutboxError)) throw error;
    tell(`${error.message} → ${error.hint}`);
    return null;
  }
}

/** Says the same thing once. */
function teller(context: Context): (text: string) => void {
  let last = '';
  return (text) => {
    if (text !== last) context.warn(text);
    last = text;
  };
}

/** A copy takes in, and sends nothing until it is adopted. @returns false when the signal ended the wait */
async function waitUntilOwn(
  { identity }: Installation,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const fault = await identity.fault();
    if (fault === null) break;
    tell(`${fault.message}\n→ ${fault.hint}`);
    if (!(await pause(signal))) return false;
  }
  await identity.begin();
  return true;
}

/**
 * Sends until `signal` aborts; begins anew whenever the settings change.
 * @throws OBX006 when another worker has the data folder
 */
export async function serveQueue(context: Context, signal: AbortSignal): Promise<void> {
  const installation = await context.installation();
  const tell = teller(context);
  if (!(await waitUntilOwn(installation, tell, signal))) return;
  const lock = await installation.store.workers.begin(Date.now());
  try {
    while (!signal.aborted) {
      const digest = await digestOf(installation);
      const settings = await settingsOrNull(context, tell);
      const changed = new AbortController();
      const watching = watchSettings(installation, digest, changed, signal);
      if (settings) {
        await work({
          installation,
          settings,
          worker: lock.id,
          untilEmpty: false,
          limit: Number.POSITIVE_INFINITY,
          signal: AbortSignal.any([signal, changed.signal]),
          onProgress: () => {},
        }).finally(() => changed.abort());
      }
      await watching;
    }
  } finally {
    await lock.release();
  }
}

async function watchSettings(
  installation: Installation,
  digest: string,
  changed: AbortController,
  signal: AbortSignal,
): Promise<void> {
  const stop = AbortSignal.any([signal, changed.signal]);
  while (await pause(stop)) {
    const now = await digestOf(installation).catch(() => digest);
    if (now !== digest) return changed.abort();
  }
}

/**
 * Takes in what is dropped, until `signal` aborts.
 * @param watched folders of the command line; those of the settings are added as they come and go
 */
export async function serveHotFolders(
  context: Context,
  watched: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const folders = new Map<string, HotFolder>();
  const tell = teller(context);
  const quiet = (): void => {};
  do {
    const settings = await settingsOrNull(context, quiet);
    if (!settings) continue;
    for (const path of new Set([...watched, ...settings.hotFolders.map((folder) => folder.path)])) {
      const folder = folders.get(path) ?? openHotFolder(path, () => intakeParts(context), Date.now);
      folders.set(path, folder);
      try {
        for (const { manifest, result, text } of await folder.scan()) {
          context.warn(`Hot folder: ${manifest} ${result}.\n${text}`);
        }
      } catch (error) {
        tell(`Hot folder ${path}: ${wordsOf(error)}`);
      }
    }
  } while (await pause(signal));
}
