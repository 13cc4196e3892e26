// outbox bounce as a script calls it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { everyForm } from '../support/bounce-mails.ts';
import { newOutbox } from '../support/outbox.ts';

test('one line of JSON for each mail, in the order of the command line, and no data folder is made', async (t) => {
  const outbox = await newOutbox(t);
  const [returned, letter] = [join(outbox.folder, 'returned.eml'), join(outbox.folder, 'letter.eml')];
  await writeFile(returned, everyForm['exim']!);
  await writeFile(letter, everyForm['ordinary']!);
  const { code, stdout, stderr } = await outbox.run('bounce', letter, returned, '--json');
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    [
      { file: letter, kind: 'none', recipients: [], originalMessageId: null, originalEnvelopeId: null },
      {
        file: returned,
        kind: 'bounce',
        recipients: [
          { address: 'ap@customer.example', action: 'failed', status: '5.1.1', reason: 'mailbox-unknown', hard: true },
        ],
        originalMessageId: 'invoice-100234@acme.example',
        originalEnvelopeId: null,
      },
    ],
  );
  assert.equal(existsSync(outbox.data), false);
});

test('for people, in words with what to do', async (t) => {
  const outbox = await newOutbox(t);
  const file = join(outbox.folder, 'returned.eml');
  await writeFile(file, everyForm['exim']!);
  const { code, stdout } = await outbox.run('bounce', file);
  assert.equal(code, 0);
  assert.match(stdout, /returned\.eml: bounce, about <invoice-100234@acme\.example>/);
  assert.match(stdout, /ap@customer\.example: failed 5\.1\.1 mailbox-unknown, for good\n.*Ask the customer/);
});

test('a file that can not be read is named, the others are read, and the exit code is 2', async (t) => {
  const outbox = await newOutbox(t);
  const [folder, file] = [join(outbox.folder, 'a-folder'), join(outbox.folder, 'returned.eml')];
  await mkdir(folder);
  await writeFile(file, everyForm['exim']!);
  const { code, stdout, stderr } = await outbox.run(
    'bounce',
    join(outbox.folder, 'nowhere.eml'),
    folder,
    file,
    '--json',
  );
  assert.equal(code, 2);
  assert.equal(stdout.trim().split('\n').length, 1);
  assert.match(stdout, /returned\.eml/);
  assert.match(stderr, /nowhere\.eml can not be read[^]*a-folder can not be read[^]*OBX260/);
});
