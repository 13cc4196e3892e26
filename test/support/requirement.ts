// What a test needs from the machine. Missing, it is skipped with the reason; with OUTBOX_TEST_ALL=1 (CI) it fails.
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';

const mustRunAll = process.env['OUTBOX_TEST_ALL'] === '1';

/** @returns whether the test can go on */
export function isThere(t: TestContext, what: string, path: string): boolean {
  if (existsSync(path)) return true;
  const reason = `no ${what} here (${path})`;
  if (mustRunAll) throw new Error(`${reason}, and OUTBOX_TEST_ALL demands that nothing is skipped`);
  t.skip(reason);
  return false;
}

/** As `isThere`, for what root alone may do. */
export function isRoot(t: TestContext): boolean {
  if (process.getuid?.() === 0) return true;
  if (mustRunAll) throw new Error('this test needs root, and OUTBOX_TEST_ALL demands that nothing is skipped');
  t.skip('only root can start this server');
  return false;
}
