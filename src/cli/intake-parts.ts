// What intake needs, from an opened installation.
import type { IntakeParts } from '../intake/parts.ts';
import { newId, newSeed } from '../store/id.ts';
import type { Context } from './installation.ts';

export async function intakeParts(context: Context): Promise<IntakeParts> {
  const { store, files, settings, failpoint } = await context.installation();
  return {
    store,
    files,
    settings: await settings(),
    by: context.by,
    now: Date.now,
    newSeed,
    newId,
    failpoint,
  };
}
