// Labelled mails for the score of the bounce parser: they may not lie in this repository, so a variable says where they are.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/**
 * The folder that OUTBOX_TEST_BOUNCES names: score.mjs, and dev/ with the mails and expected.json.
 * @returns null where there is none; the test is skipped then
 */
export function bounceSet(t: TestContext): string | null {
  const folder = process.env['OUTBOX_TEST_BOUNCES'];
  if (folder !== undefined && existsSync(join(folder, 'score.mjs'))) return folder;
  t.skip('OUTBOX_TEST_BOUNCES names no folder of labelled mails');
  return null;
}
