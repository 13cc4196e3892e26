// A file store keeps its promises: bytes by content, durable, alone or in packs, and never others than their name says.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDiskFiles } from '../../src/store/files/disk.ts';
import { temporaryFolder } from '../support/temporary.ts';

const documents = (count: number, size = 1000): Buffer[] => Array.from({ length: count }, () => randomBytes(size));

for (const count of [1, 3, 4, 100]) {
  test(`${count} documents come back as they were, also to another process that knew nothing of them`, async (t) => {
    const folder = await temporaryFolder(t);
    const before = openDiskFiles(folder);
    const other = openDiskFiles(folder);
    await other.has('0'.repeat(64));
    const contents = documents(count);
    const names = await before.put(contents);
    for (const store of [before, other, openDiskFiles(folder)]) {
      for (const [at, name] of names.entries()) {
        assert.equal(await store.has(name), true);
        assert.deepEqual(Buffer.from(await store.get(name)), contents[at]);
      }
    }
  });
}

test('many that come together are one file; the same again is none', async (t) => {
  const folder = await temporaryFolder(t);
  const store = openDiskFiles(folder);
  const contents = documents(50);
  const [first] = await store.put([...contents, contents[0]!]);
  assert.deepEqual(await openDiskFiles(folder).put(contents.slice(0, 1)), [first]);
  await openDiskFiles(folder).put(contents);
  assert.equal((await readdir(join(folder, 'packs'))).length, 1);
});

test('an empty document and a large one among many are kept too', async (t) => {
  const store = openDiskFiles(await temporaryFolder(t));
  const contents = [Buffer.alloc(0), ...documents(5), randomBytes(5 * 1024 * 1024)];
  const names = await store.put(contents);
  for (const [at, name] of names.entries()) assert.deepEqual(Buffer.from(await store.get(name)), contents[at]);
});

test('bytes that are not what their name says are refused, never given', async (t) => {
  const folder = await temporaryFolder(t);
  const [alone] = await openDiskFiles(folder).put(documents(1));
  await appendFile(join(folder, alone!.slice(0, 2), alone!), 'x');
  await assert.rejects(openDiskFiles(folder).get(alone!), { code: 'OBX017' });
  const names = await openDiskFiles(folder).put(documents(10));
  const [pack] = await readdir(join(folder, 'packs'));
  const bytes = await readFile(join(folder, 'packs', pack!));
  bytes[5]! ^= 1;
  await writeFile(join(folder, 'packs', pack!), bytes);
  await assert.rejects(openDiskFiles(folder).get(names[0]!), { code: 'OBX017' });
  assert.ok(await openDiskFiles(folder).get(names[1]!));
  await assert.rejects(openDiskFiles(folder).get('0'.repeat(64)), { code: 'OBX017' });
});

test('what a crash left half-written is not taken for a document', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'packs'), { recursive: true });
  await writeFile(join(folder, 'packs', 'a.pack.1234.part'), 'half');
  const store = openDiskFiles(folder);
  assert.equal(await store.has('0'.repeat(64)), false);
  assert.ok(await store.get((await store.put(documents(5)))[2]!));
});

test('a disk that can not be written is an error with a next step, and nothing is half there', async (t) => {
  const folder = await temporaryFolder(t);
  const store = openDiskFiles(folder);
  // A file stands where a folder must be: the nearest thing to a broken disk that also stops root.
  const contents = documents(1);
  const { createHash } = await import('node:crypto');
  const name = createHash('sha256').update(contents[0]!).digest('hex');
  await writeFile(join(folder, name.slice(0, 2)), 'in the way');
  await assert.rejects(store.put(contents), { code: 'OBX018' });
});
