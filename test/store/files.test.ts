// A file store keeps its promises: bytes by content, durable, alone or in packs, and never others than their name says.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDiskFiles } from '../../src/store/files/disk.ts';
import { createOpenPacks } from '../../src/store/files/open-packs.ts';
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

const packsIn = (folder: string): Promise<string[]> => readdir(join(folder, 'packs'));

test('an unreadable pack holds up its own documents only, and is told once', async (t) => {
  const folder = await temporaryFolder(t);
  const lost = await openDiskFiles(folder).put(documents(5));
  const [broken] = await packsIn(folder);
  const kept = await openDiskFiles(folder).put(documents(5));
  await truncate(join(folder, 'packs', broken!), 40);
  const told: string[] = [];
  const store = openDiskFiles(folder, { tell: (text) => told.push(text) });
  const fresh = await store.put(documents(5));
  for (const name of [...kept, ...fresh]) assert.ok(await store.get(name));
  for (const name of lost) await assert.rejects(store.get(name), { code: 'OBX017' });
  assert.equal(told.length, 1);
  assert.ok(told[0]?.includes(broken!));
});

test('an unreadable pack that is restored is read again by a program that saw it broken', async (t) => {
  const folder = await temporaryFolder(t);
  const [name] = await openDiskFiles(folder).put(documents(5));
  const path = join(folder, 'packs', (await packsIn(folder))[0]!);
  const whole = await readFile(path);
  await truncate(path, 40);
  const store = openDiskFiles(folder);
  await assert.rejects(store.get(name!), { code: 'OBX017' });
  await writeFile(path, whole);
  assert.ok(await store.get(name!));
});

const damages: Record<string, (path: string) => Promise<void>> = {
  shortened: (path) => truncate(path, 500),
  altered: async (path) => {
    const bytes = await readFile(path);
    bytes[7]! ^= 1;
    await writeFile(path, bytes);
  },
};

for (const [how, damage] of Object.entries(damages)) {
  test(`a single file that was ${how} is mended when it is sent again`, async (t) => {
    const folder = await temporaryFolder(t);
    const store = openDiskFiles(folder);
    const contents = documents(1);
    const [name] = await store.put(contents);
    await damage(join(folder, name!.slice(0, 2), name!));
    await assert.rejects(store.get(name!), { code: 'OBX017' });
    await store.put(contents);
    for (const one of [store, openDiskFiles(folder)]) assert.deepEqual(Buffer.from(await one.get(name!)), contents[0]);
  });

  for (const count of [1, 5]) {
    test(`a document of a pack that was ${how} is mended when it is sent again among ${count}`, async (t) => {
      const folder = await temporaryFolder(t);
      const contents = documents(5);
      const [name] = await openDiskFiles(folder).put(contents);
      await damage(join(folder, 'packs', (await packsIn(folder))[0]!));
      const stores = [openDiskFiles(folder), openDiskFiles(folder), openDiskFiles(folder)];
      for (const store of stores.slice(1)) await assert.rejects(store.get(name!), { code: 'OBX017' });
      await stores[0]!.put(contents.slice(0, count));
      for (const store of stores) assert.deepEqual(Buffer.from(await store.get(name!)), contents[0]);
    });
  }
}

test('a large document of a damaged pack is given in pieces from the pack where it is whole, at the second try', async (t) => {
  const folder = await temporaryFolder(t);
  const contents = documents(5, 600_000);
  const [name] = await openDiskFiles(folder).put(contents);
  await damages['altered']!(join(folder, 'packs', (await packsIn(folder))[0]!));
  const store = openDiskFiles(folder);
  await assert.rejects(Array.fromAsync(store.pieces(name!)), { code: 'OBX017' });
  await openDiskFiles(folder).put(contents);
  await assert.rejects(Array.fromAsync(store.pieces(name!)), { code: 'OBX017' });
  assert.deepEqual(Buffer.concat(await Array.fromAsync(store.pieces(name!))), contents[0]);
});

test('what was left half-written long ago is removed; what another program writes now is not', async (t) => {
  const folder = await temporaryFolder(t);
  for (const parts of ['parts', 'packs']) {
    await mkdir(join(folder, parts));
    for (const name of ['old.part', 'young.part', 'old.pack']) await writeFile(join(folder, parts, name), 'half');
    const yesterday = new Date(Date.now() - 86_400_000);
    for (const name of ['old.part', 'old.pack']) await utimes(join(folder, parts, name), yesterday, yesterday);
  }
  await openDiskFiles(folder).put(documents(1));
  for (const parts of ['parts', 'packs']) {
    assert.deepEqual((await readdir(join(folder, parts))).toSorted(), ['old.pack', 'young.part']);
  }
});

/** Paths of files and folders, in the order they are synced. */
async function watchSyncs(t: TestContext): Promise<string[]> {
  const synced: string[] = [];
  const handle = await open(import.meta.filename);
  const { sync } = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  t.mock.method(Object.getPrototypeOf(handle) as typeof handle, 'sync', async function (this: typeof handle) {
    synced.push((await readlink(`/proc/self/fd/${this.fd}`)).replace(/[0-9a-f-]{36}/, '*'));
    return sync.call(this);
  });
  return synced;
}

test('every name is durable with its folder; after the first time a pack costs two syncs', async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux names the files that are open');
  const folder = join(await temporaryFolder(t), 'files');
  const store = openDiskFiles(folder);
  const synced = await watchSyncs(t);
  await store.put(documents(64));
  assert.ok(synced.includes(folder) && synced.includes(join(folder, '..')), 'the new folders');
  synced.length = 0;
  const contents = documents(64);
  await store.put(contents);
  assert.deepEqual(synced, [join(folder, 'parts', '*.part'), join(folder, 'packs')]);
  synced.length = 0;
  await openDiskFiles(folder).put(contents);
  assert.ok(synced.includes(join(folder, 'packs')), 'another program may not have come to its sync');
  const one = documents(1);
  const [name] = await store.put(one);
  synced.length = 0;
  await openDiskFiles(folder).put(one);
  assert.ok(synced.includes(folder) && synced.includes(join(folder, name!.slice(0, 2))), synced.join());
});

test('without room for the results nothing is taken in', async (t) => {
  const folder = await temporaryFolder(t);
  const megabyte = 1024 * 1024;
  let free: number | null = 210 * megabyte;
  const store = openDiskFiles(folder, { freeSpace: () => Promise.resolve(free) });
  await assert.rejects(store.room(6 * megabyte), { code: 'OBX026', kind: 'unready', message: /210 MB.*212 MB/ });
  await assert.rejects(store.put(documents(6, megabyte)), { code: 'OBX026' });
  assert.deepEqual(await packsIn(folder), []);
  await store.room(4 * megabyte);
  assert.ok(await store.get((await store.put(documents(4, megabyte)))[0]!));
  free = null;
  await store.room(1e12);
});

test('only the packs that were read last stay open', async (t) => {
  const folder = await temporaryFolder(t);
  const packs = createOpenPacks();
  const memory = Buffer.alloc(6);
  for (let number = 0; number < 100; number++) {
    const path = join(folder, `${number}.pack`);
    await writeFile(path, `pack ${number}`);
    packs.fill(memory, path, 0);
    assert.equal(memory.toString(), `pack ${number}`.slice(0, 6));
  }
  assert.ok(packs.count() <= 32);
  assert.throws(() => packs.fill(Buffer.alloc(100), join(folder, '99.pack'), 0));
});

test('what is at hand fills memory at once, and what is damaged is never taken for it', async (t) => {
  const folder = await temporaryFolder(t);
  const contents = documents(5);
  const names = await openDiskFiles(folder).put(contents);
  const store = openDiskFiles(folder);
  assert.ok(!store.isAtHand(names[0]!));
  await store.get(names[0]!);
  for (const [at, name] of names.entries()) {
    assert.ok(store.isAtHand(name));
    const memory = Buffer.alloc(contents[at]!.length);
    store.fill(name, memory);
    assert.ok(memory.equals(contents[at]!));
  }
  assert.throws(() => store.fill(names[0]!, Buffer.alloc(contents[0]!.length - 1)), { code: 'OBX017' });
  const pack = join(folder, 'packs', (await packsIn(folder))[0]!);
  await damages['altered']!(pack);
  assert.throws(() => store.fill(names[0]!, Buffer.alloc(contents[0]!.length)), { code: 'OBX017' });
});

test('a large file goes in by pieces, is looked at before it has its name, and is kept once', async (t) => {
  const folder = await temporaryFolder(t);
  const store = openDiskFiles(folder);
  const bytes = randomBytes(5 * 1024 * 1024 + 7);
  const path = join(await temporaryFolder(t), 'large');
  await writeFile(path, bytes);
  const look = async (file: FileHandle, size: number) => (await file.read(Buffer.alloc(size), 0, size, 0)).buffer;
  const kept = await store.putFile(path, look);
  assert.deepEqual(kept, { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, seen: bytes });
  assert.deepEqual(await store.put([bytes]), [kept.sha256]);
  const before = (await stat(join(folder, kept.sha256.slice(0, 2), kept.sha256))).ino;
  await store.putFile(path, look);
  assert.equal((await stat(join(folder, kept.sha256.slice(0, 2), kept.sha256))).ino, before);
  assert.deepEqual(await readdir(join(folder, 'parts')), []);
  assert.deepEqual(await openDiskFiles(folder).get(kept.sha256), bytes);
});

test('a large file that was damaged is mended when it is sent again, and one that is not there leaves nothing', async (t) => {
  const folder = await temporaryFolder(t);
  const store = openDiskFiles(folder);
  const path = join(await temporaryFolder(t), 'large');
  await writeFile(path, randomBytes(100_000));
  const look = () => Promise.resolve(null);
  const { sha256 } = await store.putFile(path, look);
  await damages['altered']!(join(folder, sha256.slice(0, 2), sha256));
  await store.putFile(path, look);
  assert.ok(await store.get(sha256));
  await assert.rejects(store.putFile(`${path}.gone`, look), { code: 'OBX003' });
  await assert.rejects(
    store.putFile(path, () => Promise.reject(new TypeError('a bug'))),
    TypeError,
  );
  assert.deepEqual(await readdir(join(folder, 'parts')), []);
});
