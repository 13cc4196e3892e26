// Labelled mails for the score of the bounce parser: they may not lie in this repository, so a variable says where they are.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that OUTBOX_TEST_BOUNCES names: score.mjs, and dev/ with the mails and expected.json. Null where there is none. */
export function bounceSet(): string | null {
  const folder = process.env['OUTBOX_TEST_BOUNCES'];
  return folder !== undefined && existsSync(join(folder, 'score.mjs')) ? folder : null;
}
