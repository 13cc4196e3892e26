// How much of the labelled mails is read right. The goals are floors: below them something is broken.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBounce } from '../../src/tracking/bounce/read-bounce.ts';
import { bounceSet } from '../support/bounce-set.ts';
import { temporaryFolder } from '../support/temporary.ts';

const goals = { recipient: 98, kind: 97, hardSoft: 96, reason: 92, msgId: 95 } as const;

interface Row extends Record<keyof typeof goals, string> {
  spurious: number;
  msgIdWrong: number;
  fpNegatives: string;
  fpAutoReply: string;
  fpComplaint: string;
}

/** The parser sees bytes, never a name. */
function answerLine(folder: string, file: string): string {
  return JSON.stringify({ file, ...readBounce(readFileSync(join(folder, 'dev', file))) });
}

const folder = bounceSet();

// Without the mails there is nothing to promise.
if (folder !== null)
  test('the labelled mails are read as well as is asked', async (t) => {
    const expected = join(folder, 'dev', 'expected.json');
    const mails = JSON.parse(readFileSync(expected, 'utf8')) as { file: string }[];
    const answers = join(await temporaryFolder(t), 'answers.jsonl');
    await writeFile(answers, mails.map(({ file }) => answerLine(folder, file)).join('\n'));
    const scored = execFileSync(process.execPath, [join(folder, 'score.mjs'), expected, answers, '--json'], {
      encoding: 'utf8',
    });
    const { all, real } = JSON.parse(scored) as { all: Row; real: Row };
    for (const [name, goal] of Object.entries(goals) as [keyof typeof goals, number][]) {
      for (const row of [all, real])
        assert.ok(Number.parseFloat(row[name]) >= goal, `${name}: ${row[name]}, asked ${goal} %`);
    }
    for (const wrong of [all.fpNegatives, all.fpAutoReply, all.fpComplaint]) assert.match(wrong, /^0\//);
    assert.ok(all.spurious <= 5, `${all.spurious} recipients that are none`);
    // One mail of the set shows two Message-IDs that differ by the set's own pseudonyms.
    assert.ok(all.msgIdWrong <= 1, `${all.msgIdWrong} wrong Message-IDs`);
  });
