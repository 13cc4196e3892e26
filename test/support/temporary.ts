// A folder of its own for one test, gone when the test is over.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** @returns full path of an empty folder */
export async function temporaryFolder(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outbox-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
