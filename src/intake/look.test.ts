// Tests of looking at the files of a run: by threads or here, the same is found, in the order of the run, and kept.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openIntake, type OpenIntake } from '../../test/support/intake.ts';
import { pdfOf } from '../../test/support/pdf-samples.ts';
import { openDiskFiles } from '../store/files/disk.ts';
import type { Entry } from './entry.ts';
import { lookAt, type Looked } from './look.ts';
import { startLookThread } from './look-threads.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const entryOf = (path: string | null, at: number): Entry => ({
  row: at + 1,
  place: `row ${at + 1}`,
  file: `${at + 1}`,
  attachmentName: null,
  type: 'invoice',
  number: String(at + 1),
  customer: '01-ABF',
  date: null,
  due: null,
  company: null,
  name: null,
  amount: null,
  currency: null,
  po: null,
  salesperson: null,
  language: null,
  note: null,
  subject: null,
  group: null,
  key: null,
  email: [],
  fax: [],
  path,
  octets: 0,
});

/** So many text documents, with PDFs, an empty file and missing ones among them. */
async function writeDocuments({ folder }: OpenIntake, count: number): Promise<(Uint8Array | null)[]> {
  const pdf = await pdfOf(2);
  const contents = Array.from({ length: count }, (_, at): Uint8Array | null => {
    if (at % 50 === 7) return null;
    if (at % 50 === 8) return new Uint8Array();
    return at % 50 === 9 ? Buffer.concat([pdf, Buffer.from('\n'.repeat(at))]) : Buffer.from(`Document ${at}\n`);
  });
  for (const [at, bytes] of contents.entries()) if (bytes) await writeFile(join(folder, String(at)), bytes);
  return contents;
}

const look = (intake: OpenIntake, contents: readonly (Uint8Array | null)[], heard: Looked[] = []): Promise<Looked[]> =>
  lookAt(
    contents.map((bytes, at) => entryOf(bytes === null ? null : join(intake.folder, String(at)), at)),
    null,
    intake.parts,
    (some) => Promise.resolve(void heard.push(...some)),
  );

for (const count of [1, 60, 700]) {
  test(`${count} documents are found as they are, in their order, and are in the store`, async (t: TestContext) => {
    const intake = await openIntake(t);
    const contents = await writeDocuments(intake, count);
    const heard: Looked[] = [];
    const looked = await look(intake, contents, heard);
    assert.deepEqual(heard, looked);
    assert.deepEqual(
      looked.map(({ document }) => [document.number, document.sha256, document.size]),
      contents.map((bytes, at) => [String(at + 1), bytes ? sha256(bytes) : '', bytes?.length ?? 0]),
    );
    const faults = contents.map((bytes) =>
      bytes === null ? 'missing-file' : bytes.length === 0 ? 'empty-file' : null,
    );
    assert.deepEqual(
      looked.map(({ document }) => document.fault),
      faults,
    );
    assert.ok(looked.every(({ document }, at) => at % 50 !== 9 || document.pages === 2));
    for (const [at, { document }] of looked.entries()) {
      if (contents[at]) assert.deepEqual(await intake.parts.files.get(document.sha256), Buffer.from(contents[at]));
    }
  });

  test(`of ${count} documents one that can not be read ends the look with its error`, async (t) => {
    const intake = await openIntake(t);
    const contents = await writeDocuments(intake, count);
    const gone = join(intake.folder, 'gone');
    const pathOf = (bytes: Uint8Array | null, at: number): string | null =>
      at === count - 1 ? gone : bytes && join(intake.folder, String(at));
    await assert.rejects(
      lookAt(
        contents.map((bytes, at) => entryOf(pathOf(bytes, at), at)),
        null,
        intake.parts,
        () => Promise.resolve(),
      ),
      { code: 'OBX003', kind: 'usage', message: new RegExp(gone) },
    );
  });
}

test('a file that several rows name is looked at once', async (t) => {
  const intake = await openIntake(t);
  const path = await intake.file('one.txt', 'One document.\n');
  const looked = await lookAt(
    Array.from({ length: 300 }, (_, at) => entryOf(path, at)),
    null,
    intake.parts,
    () => Promise.resolve(),
  );
  assert.equal(new Set(looked.map(({ document }) => document.id)).size, 300);
  assert.equal(new Set(looked.map(({ document }) => document.sha256)).size, 1);
});

test('a batch for which there is no room is refused before anything of it is written', async (t) => {
  const intake = await openIntake(t);
  const folder = join(intake.folder, 'full');
  const files = openDiskFiles(folder, { freeSpace: () => Promise.resolve(300 * 1024 * 1024) });
  const path = await intake.file('one.txt', 'One document.\n');
  const entries = [path, await intake.file('two.txt', 'Two.\n')].map((one, at) => ({
    ...entryOf(one, at),
    octets: 30 * 1024 * 1024,
  }));
  await assert.rejects(
    lookAt(entries, null, { ...intake.parts, files }, () => Promise.resolve()),
    { code: 'OBX026' },
  );
  assert.deepEqual((await readdir(folder)).toSorted(), ['packs', 'parts']);
});

test('a thread that ends by itself rejects what it was asked for, and what it is asked afterwards', async (t) => {
  const intake = await openIntake(t);
  // A file stands where its folder should be.
  const folder = join(await intake.file('in-the-way', ''), 'files');
  const thread = startLookThread({ folder, tell: () => {} });
  t.after(thread.end);
  for (let turn = 0; turn < 2; turn++) await assert.rejects(thread.look([]), { code: 'OBX210' });
});
