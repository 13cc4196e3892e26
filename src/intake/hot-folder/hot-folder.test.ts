import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pdfOf } from '../../../test/support/pdf-samples.ts';
import { sampleCustomer } from '../../../test/support/samples.ts';
import { sampleSettings } from '../../../test/support/settings.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { openDiskFiles } from '../../store/files/disk.ts';
import { newId } from '../../store/id.ts';
import { openStore } from '../../store/store.ts';
import type { IntakeParts } from '../parts.ts';
import { openHotFolder } from './hot-folder.ts';

const header = 'file,type,number,customer\n';

async function open(t: TestContext) {
  const root = await temporaryFolder(t);
  const store = await openStore(join(root, 'outbox.db'));
  t.after(() => store.close());
  await store.customers.save([sampleCustomer()], 0, 'import', () => 'new');
  const clock = { now: Date.UTC(2026, 10, 24, 8) };
  const parts: IntakeParts = {
    store,
    files: openDiskFiles(join(root, 'files')),
    settings: sampleSettings(),
    by: 'hot folder',
    now: () => clock.now,
    newSeed: () => newId().replaceAll('-', ''),
    newId,
  };
  const drop = join(root, 'drop');
  await mkdir(drop);
  const steady = { now: 0 };
  const watch = () =>
    openHotFolder(
      drop,
      () => Promise.resolve(parts),
      () => clock.now,
      { quietMs: 2_000, unfinishedMs: 60_000 },
      () => steady.now,
    );
  const folder = watch();
  /** Looks, lets time pass, and looks again. */
  const pass = async (ms: number) => {
    const first = await folder.scan();
    clock.now += ms;
    steady.now += ms;
    return [...first, ...(await folder.scan())];
  };
  return { drop, store, folder, pass, parts, watch, clock, steady };
}

const path = (drop: string, name: string): string => join(drop, name);

test('a manifest with its files becomes a batch; the originals lie in done with a report', async (t) => {
  const { drop, store, pass } = await open(t);
  await writeFile(path(drop, '1.pdf'), await pdfOf(1));
  await writeFile(path(drop, 'run.csv'), `${header}1.pdf,invoice,1,01-ABF\n`);
  const [done] = await pass(2_000);
  assert.deepEqual([done?.result, (await store.messages.find({})).length], ['done', 1]);
  assert.deepEqual((await readdir(done!.place)).toSorted(), ['1.pdf', 'report.txt', 'run.csv']);
  assert.deepEqual((await readdir(drop)).toSorted(), ['done']);
});

test('a file that still grows is not read, however long the manifest has been there', async (t) => {
  const { drop, store, pass } = await open(t);
  const whole = await pdfOf(1);
  await writeFile(path(drop, 'run.csv'), `${header}1.pdf,invoice,1,01-ABF\n`);
  await writeFile(path(drop, '1.pdf'), whole.subarray(0, 200));
  assert.deepEqual(await pass(1_000), []);
  await appendFile(path(drop, '1.pdf'), whole.subarray(200, 400));
  assert.deepEqual(await pass(10_000), [], 'quiet for ten seconds, but a PDF without its end');
  await appendFile(path(drop, '1.pdf'), whole.subarray(400));
  assert.equal((await pass(2_000))[0]?.result, 'done');
  assert.equal((await store.messages.find({}))[0]?.status, 'queued');
});

test('a manifest whose last line has no end yet is waited for', async (t) => {
  const { drop, pass, store } = await open(t);
  await writeFile(path(drop, '1.pdf'), await pdfOf(1));
  await writeFile(path(drop, 'run.csv'), `${header}1.pdf,invoice,1,01-ABF`);
  assert.deepEqual(await pass(10_000), []);
  await appendFile(path(drop, 'run.csv'), '\n');
  assert.equal((await pass(2_000)).length, 1);
  assert.equal((await store.messages.find({})).length, 1);
});

test('a file that is not there yet is waited for, and after a minute the message is blocked, not lost', async (t) => {
  const { drop, pass, store } = await open(t);
  await writeFile(path(drop, 'run.csv'), `${header}late.pdf,invoice,1,01-ABF\n`);
  assert.deepEqual(await pass(30_000), []);
  assert.equal((await pass(60_000))[0]?.result, 'done');
  assert.deepEqual(
    (await store.messages.find({})).map(({ status, reason }) => [status, reason]),
    [['blocked', 'missing-file']],
  );
});

test('a manifest that does not add up is refused, with the reason beside it', async (t) => {
  const { drop, pass, store } = await open(t);
  await writeFile(path(drop, '1.pdf'), await pdfOf(1));
  await writeFile(path(drop, 'run.csv'), `${header}1.pdf,invoice,1,01-ABF\n#total,2,\n`);
  const [refused] = await pass(2_000);
  assert.equal(refused?.result, 'refused');
  assert.match(await readFile(join(refused.place, 'reason.txt'), 'utf8'), /does not add up/);
  assert.deepEqual((await readdir(refused.place)).toSorted(), ['1.pdf', 'reason.txt', 'run.csv']);
  assert.deepEqual(await store.messages.find({}), []);
});

test('the same manifest dropped twice sends nothing twice', async (t) => {
  const { drop, pass, store } = await open(t);
  for (let count = 0; count < 2; count++) {
    await writeFile(path(drop, '1.txt'), 'Invoice 1\n');
    await writeFile(path(drop, 'run.csv'), `${header}1.txt,invoice,1,01-ABF\n`);
    assert.equal((await pass(2_000))[0]?.result, 'done');
  }
  assert.equal((await store.messages.find({})).length, 1);
});

test('names of files that are still being copied are left alone', async (t) => {
  const { drop, pass } = await open(t);
  for (const name of ['.run.csv', '~run.csv', 'run.csv.part', 'run.csv.tmp', 'run.pdf'])
    await writeFile(path(drop, name), header);
  assert.deepEqual(await pass(600_000), []);
});

test('what a crash left between the documents and the manifest is put away, and not taken in a second time', async (t) => {
  const { drop, pass, store } = await open(t);
  await writeFile(path(drop, '1.txt'), 'Invoice 1\n');
  await writeFile(path(drop, 'run.csv'), `${header}1.txt,invoice,1,01-ABF\n`);
  // A manifest's folder that can not be made stops the putting away after the take-in, as a crash would.
  await writeFile(path(drop, 'done'), 'in the way');
  const [waiting] = await pass(2_000);
  assert.deepEqual([waiting?.result, (await store.messages.find({})).length], ['waiting', 1]);
  await rm(path(drop, 'done'));
  await rm(path(drop, '1.txt'));
  const [finished] = await pass(0);
  assert.equal(finished?.result, 'done');
  assert.match(
    await readFile(join(finished.place, 'report.txt'), 'utf8'),
    /Batch .* was taken in, and the program ended/,
  );
  assert.deepEqual(await pass(600_000), []);
  assert.equal((await store.messages.find({})).length, 1, 'no false message of a missing file');
});

test('the same bytes dropped anew after they were put away are read anew', async (t) => {
  const { drop, pass, store } = await open(t);
  for (const content of ['', 'Invoice 1\n']) {
    await writeFile(path(drop, '1.txt'), content);
    await writeFile(path(drop, 'run.csv'), `${header}1.txt,invoice,1,01-ABF\n`);
    await utimes(path(drop, 'run.csv'), 1_000, 1_000);
    assert.equal((await pass(2_000))[0]?.result, 'done');
  }
  assert.deepEqual(
    (await store.messages.find({})).map(({ status }) => status),
    ['cancelled', 'queued'],
  );
});

test('two servers that watch one folder take in a manifest once', async (t) => {
  const { drop, store, folder, watch, steady } = await open(t);
  const other = watch();
  await writeFile(path(drop, '1.txt'), '');
  await writeFile(path(drop, 'run.csv'), `${header}1.txt,invoice,1,01-ABF\n`);
  for (const one of [folder, other]) assert.deepEqual(await one.scan(), []);
  steady.now += 2_000;
  const results = (await Promise.all([folder.scan(), other.scan()])).flat();
  assert.ok(results.some(({ result }) => result === 'done'));
  assert.equal(
    results.some(({ result }) => result === 'waiting'),
    false,
    JSON.stringify(results),
  );
  assert.equal((await store.messages.find({})).length, 1);
  const places = await readdir(path(drop, 'done'));
  assert.equal(places.length, 1);
  assert.deepEqual((await readdir(path(drop, `done/${places[0]}`))).toSorted(), ['1.txt', 'report.txt', 'run.csv']);
});

test('one that can not be read is said once, and does not hold up the others', async (t) => {
  const { drop, pass } = await open(t);
  await mkdir(path(drop, 'aaa.csv'));
  await symlink('nowhere', path(drop, 'aab.csv'));
  await writeFile(path(drop, '1.txt'), 'Invoice 1\n');
  await writeFile(path(drop, 'run.csv'), `${header}1.txt,invoice,1,01-ABF\n`);
  const results = await pass(2_000);
  assert.deepEqual(
    results.map(({ result }) => result),
    ['waiting', 'waiting', 'done'],
  );
  assert.match(results[0]!.text, /EISDIR/);
  assert.deepEqual(await pass(2_000), []);
});

test('a step of the clock does not make half a file whole', async (t) => {
  const { drop, folder, clock } = await open(t);
  await writeFile(path(drop, '1.txt'), 'Invo');
  await writeFile(path(drop, 'run.csv'), `${header}1.txt,invoice,1,01-ABF\n`);
  await folder.scan();
  clock.now += 86_400_000;
  assert.deepEqual(await folder.scan(), []);
});

test('a manifest without any document is refused, unless its total says so', async (t) => {
  const { drop, pass } = await open(t);
  await writeFile(path(drop, 'a.csv'), header);
  const [refused] = await pass(2_000);
  assert.equal(refused?.result, 'refused');
  assert.match(refused.text, /there is no document in it/);
  await writeFile(path(drop, 'b.csv'), `${header}#total,0,\n`);
  const [empty] = await pass(2_000);
  assert.equal(empty?.result, 'done');
  assert.match(empty.text, /No batch: there is no document in it/);
});
