// The contract of the drivers, to the letter: five arguments, exit 0 is Released, any other is Error; and what else can happen.
import assert from 'node:assert/strict';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { suite, test, type TestContext } from 'node:test';
import { safeFileName } from '../../src/message/file-name.ts';
import type { Job, Outcome } from '../../src/message/transport.ts';
import { createDriverTransport } from '../../src/transport/driver/transport.ts';
import { sampleAttachment, sampleJob } from '../support/jobs.ts';
import { sampleIngredients } from '../support/samples.ts';
import { temporaryFolder } from '../support/temporary.ts';

const skip = process.platform === 'win32' ? 'a POSIX shell script' : false;

interface Wish {
  job?: Partial<Job>;
  timeout?: number;
  arguments?: string[];
}

interface Tried {
  outcome: Outcome;
  folder: string;
  commits: number;
}

/** Runs a driver whose body is `script`; it finds the folder of the test in $T. */
async function drive(t: TestContext, script: string, wish: Wish = {}): Promise<Tried> {
  const folder = await temporaryFolder(t);
  const command = join(folder, 'driver.sh');
  await writeFile(command, `#!/bin/sh\nT='${folder}'\n${script}\n`);
  await chmod(command, 0o755);
  const limits = { connections: 1, perMinute: null, perDay: null };
  const settings = {
    kind: 'driver',
    name: 'd',
    command,
    arguments: wish.arguments ?? [],
    timeout: wish.timeout ?? 20,
    limits,
  } as const;
  const transport = createDriverTransport(
    { ...settings, arguments: [...settings.arguments] },
    { workFolder: join(folder, 'work') },
  );
  let commits = 0;
  const outcome = await transport.send(sampleJob(wish.job), () => {
    commits++;
    return Promise.resolve();
  });
  return { outcome, folder, commits };
}

const record = 'for a in "$@"; do printf "%s\\0" "$a"; done > "$T/argv"';
const argvOf = async (folder: string): Promise<string[]> =>
  (await readFile(join(folder, 'argv'), 'utf8')).split('\0').slice(0, -1);

suite('the driver contract', { skip }, () => {
  test('five arguments: address, attachment, note file, descriptive name, subject', async (t) => {
    const script = `${record}; cp "$2" "$T/document"; cp "$3" "$T/note"`;
    const { outcome, folder, commits } = await drive(t, script);
    assert.equal(outcome.result, 'accepted');
    assert.equal(commits, 1);
    const argv = await argvOf(folder);
    assert.equal(argv.length, 5);
    assert.deepEqual([argv[0], argv[3], argv[4]], ['ap@abf.example', 'Invoice 100234.pdf', 'Invoice 100234']);
    assert.match(argv[1]!, /^\/.*\/Invoice 100234\.pdf$/);
    assert.match(argv[2]!, /^\/.*\/note\.txt$/);
    assert.equal(await readFile(join(folder, 'document'), 'utf8'), '%PDF-1.4 not really\n.\n..dots\n');
    assert.equal(await readFile(join(folder, 'note'), 'utf8'), 'Please find invoice 100234 attached.\n');
  });

  test('arguments of the settings stand before the five', async (t) => {
    const { folder } = await drive(t, record, { arguments: ['--account', '7'] });
    assert.deepEqual((await argvOf(folder)).slice(0, 3), ['--account', '7', 'ap@abf.example']);
  });

  test('the same values come as variables and as JSON', async (t) => {
    const { folder } = await drive(t, 'env > "$T/env"; cp "$OUTBOX_JSON" "$T/json"');
    const env = await readFile(join(folder, 'env'), 'utf8');
    for (const line of [
      'OUTBOX_ADDRESS=ap@abf.example',
      'OUTBOX_SUBJECT=Invoice 100234',
      'OUTBOX_CUSTOMER=01-ABF',
      'OUTBOX_CUSTOMER_NAME=American Business Futures',
      'OUTBOX_NUMBER=100234',
      'OUTBOX_CHANNEL=email',
    ]) {
      assert.equal(env.includes(`${line}\n`), true, line);
    }
    const json = JSON.parse(await readFile(join(folder, 'json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(
      [json['address'], json['subject'], json['note']],
      ['ap@abf.example', 'Invoice 100234', 'Please find invoice 100234 attached.\n'],
    );
  });

  test('secrets of our own environment do not reach it', async (t) => {
    process.env['OFFICE_PASSWORD'] = 'secret';
    t.after(() => delete process.env['OFFICE_PASSWORD']);
    const { folder } = await drive(t, 'env > "$T/env"');
    assert.equal((await readFile(join(folder, 'env'), 'utf8')).includes('secret'), false);
  });

  for (const hostile of [
    '$(touch "$T/owned")',
    '`touch $T/owned`',
    "'; touch $T/owned; '",
    '"quoted" \\ back',
    '%PATH% & | > < ^ !',
    'ünï­cödé 发票 🧾',
    '-rf',
    '',
  ]) {
    test(`a subject and a name of ${JSON.stringify(hostile)} arrive as they are, and nothing of them is run`, async (t) => {
      const ingredients = sampleIngredients({ subject: hostile, title: hostile });
      const { outcome, folder } = await drive(t, record, { job: { ingredients } });
      assert.equal(outcome.result, 'accepted');
      assert.deepEqual((await argvOf(folder)).slice(3), [hostile, hostile]);
      assert.equal((await readdir(folder)).includes('owned'), false);
    });
  }

  test('an address that looks like an option is refused before anything starts', async (t) => {
    const { outcome, commits } = await drive(t, record, { job: { recipient: '-oQ/tmp' } });
    assert.deepEqual([outcome.result, commits], ['refused', 0]);
  });

  test('exit 0 is accepted, with the last line of the output as the reply', async (t) => {
    const { outcome } = await drive(t, 'echo one; echo "job 17 queued"');
    assert.deepEqual(outcome.reply, { code: 0, enhanced: null, text: 'job 17 queued' });
    assert.equal(outcome.transcript, 'one\njob 17 queued');
  });

  for (const code of [1, 2, 75, 255]) {
    test(`exit ${code} is an error of this message, for good`, async (t) => {
      const { outcome } = await drive(t, `echo "no dial tone" >&2; exit ${code}`);
      assert.ok(outcome.result === 'refused');
      assert.deepEqual([outcome.blame, outcome.permanent, outcome.reply?.code], ['message', true, code]);
      assert.match(outcome.text, /no dial tone/);
    });
  }

  test('a driver that dies by a signal is an error', async (t) => {
    const { outcome } = await drive(t, 'kill -9 $$');
    assert.ok(outcome.result === 'refused');
    assert.match(outcome.text, /SIGKILL/);
  });

  test('a driver that hangs is ended with everything it started, and the message is uncertain', async (t) => {
    const { outcome, folder } = await drive(
      t,
      'sh -c \'echo $$ > "$0/child"; trap "" TERM; sleep 60\' "$T" & echo started; wait',
      { timeout: 1 },
    );
    assert.equal(outcome.result, 'uncertain');
    assert.equal(outcome.transcript, 'started');
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    // The system needs a moment to bury it.
    for (let left = 100; left > 0 && isAlive(child); left--) await wait(20);
    assert.equal(isAlive(child), false);
  });

  test('a child that keeps the pipe open does not keep us waiting', async (t) => {
    const { outcome } = await drive(t, 'sleep 30 & echo done');
    assert.equal(outcome.result, 'accepted');
  });

  test('100 MB of output are read and cut, not kept', async (t) => {
    const { outcome } = await drive(t, 'head -c 100000000 /dev/zero | tr "\\0" x');
    assert.equal(outcome.result, 'accepted');
    assert.ok(outcome.transcript.length < 70_000);
    assert.match(outcome.transcript, /99934464 more bytes/);
  });

  test('the last line of a long output is the reply, and the first is kept too', async (t) => {
    const script = 'echo first; head -c 70000 /dev/zero | tr "\\0" x; echo; echo "no dial tone" >&2; exit 3';
    const { outcome } = await drive(t, script);
    assert.ok(outcome.result === 'refused');
    assert.equal(outcome.reply?.text, 'no dial tone');
    assert.match(outcome.text, /: no dial tone$/);
    assert.match(
      outcome.transcript,
      /^first\n[^]*\n\(4\d\d\d more bytes of output were left out\)\n[^]*\nno dial tone$/,
    );
  });

  test('control characters of the output are made visible, line ends and TAB stay', async (t) => {
    const { outcome } = await drive(t, String.raw`printf 'a\000b\tc\033[2J\r\nd\007\r\n'`);
    assert.equal(outcome.transcript, 'a␀b\tc␛[2J\r\nd␇');
    assert.equal(outcome.reply?.text, 'd␇');
  });

  test('an attachment whose name is long in a script of many octets is written and named', async (t) => {
    const name = safeFileName(`${'发票'.repeat(60)}.pdf`, 'application/pdf');
    const { outcome } = await drive(t, 'test -s "$2"', { job: { attachments: [sampleAttachment(name, 'x')] } });
    assert.equal(outcome.result, 'accepted');
  });

  test('a name that holds a path does not lead out of the folder of the attempt', async (t) => {
    const attachments = [sampleAttachment('../../../out.pdf', 'x')];
    const { outcome, folder } = await drive(t, 'test -s "$2" && echo "$2"', { job: { attachments } });
    assert.equal(outcome.reply?.text, join(folder, 'work', 'attempt-1', 'attachments', 'out.pdf'));
  });

  test('a name that the system does not take is the fault of the message, and no folder stays', async (t) => {
    const folder = await temporaryFolder(t);
    // A path has 4096 octets at most: the folder fits, the file in it does not.
    const long = join(folder, ...Array.from({ length: 18 }, () => 'w'.repeat(205)));
    const workFolder = join(long, 'v'.repeat(3_900 - long.length - 1));
    const limits = { connections: 1, perMinute: null, perDay: null };
    const settings = { kind: 'driver', name: 'd', command: '/bin/true', arguments: [], timeout: 5, limits } as const;
    const transport = createDriverTransport({ ...settings, arguments: [] }, { workFolder });
    const attachments = [sampleAttachment(`${'x'.repeat(116)}.pdf`, 'x')];
    const job = sampleJob({ attachments, attemptId: 'a'.repeat(80) });
    const outcome = await transport.send(job, () => assert.fail('nothing may be committed'));
    assert.ok(outcome.result === 'refused');
    assert.deepEqual([outcome.blame, outcome.permanent], ['message', true], outcome.text.slice(0, 200));
    assert.deepEqual(await readdir(workFolder), []);
  });

  test('a folder that can not be filled is gone', async (t) => {
    const broken = { ...sampleAttachment('a.pdf', 'x'), pieces: () => assert.fail('the disk is broken') };
    const { outcome, folder, commits } = await drive(t, 'exit 0', { job: { attachments: [broken] } });
    assert.ok(outcome.result === 'refused');
    assert.deepEqual([outcome.blame, commits], ['transport', 0]);
    assert.deepEqual(await readdir(join(folder, 'work')), []);
  });

  test('a driver that is not there stops the transport and commits nothing', async (t) => {
    const folder = await temporaryFolder(t);
    const limits = { connections: 1, perMinute: null, perDay: null };
    const command = join(folder, 'missing.sh');
    const transport = createDriverTransport(
      { kind: 'driver', name: 'd', command, arguments: [], timeout: 5, limits },
      { workFolder: folder },
    );
    const outcome = await transport.send(sampleJob(), () => assert.fail('nothing may be committed'));
    assert.ok(outcome.result === 'refused');
    assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'configuration']);
    await writeFile(command, '#!/bin/sh\n', { mode: 0o644 });
    const second = await transport.send(sampleJob(), () => assert.fail('nothing may be committed'));
    assert.ok(second.result === 'refused');
    assert.match(second.text, /chmod \+x/);
  });

  test('a script without its interpreter did not start: put back, not lost', async (t) => {
    const folder = await temporaryFolder(t);
    const command = join(folder, 'driver.sh');
    await writeFile(command, '#!/nowhere/sh\n', { mode: 0o755 });
    const limits = { connections: 1, perMinute: null, perDay: null };
    const transport = createDriverTransport(
      { kind: 'driver', name: 'd', command, arguments: [], timeout: 5, limits },
      { workFolder: folder },
    );
    const outcome = await transport.send(sampleJob(), () => Promise.resolve());
    assert.ok(outcome.result === 'refused');
    assert.equal(outcome.blame, 'transport');
  });

  test('several files that could not be merged are refused, not dropped', async (t) => {
    const attachments = [sampleAttachment('a.pdf', 'a'), sampleAttachment('b.pdf', 'b')];
    const { outcome, commits } = await drive(t, record, { job: { attachments } });
    assert.deepEqual([outcome.result, commits], ['refused', 0]);
  });

  test('the files of an attempt are gone when it is over', async (t) => {
    const { folder } = await drive(t, 'exit 0');
    assert.deepEqual(await readdir(join(folder, 'work')), []);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
