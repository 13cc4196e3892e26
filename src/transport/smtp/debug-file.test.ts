// SYCEML.DBG: begins, ends, and begins anew.
import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { openDebugFile } from './debug-file.ts';

test('writes line by line, and says when it was switched on', async (t) => {
  const path = join(await temporaryFolder(t), 'SYCEML.DBG');
  openDebugFile(path, { bytes: 10_000, ageMs: 1000 }, Date.now).line('#1 C: EHLO here');
  assert.match(await readFile(path, 'utf8'), /^\S+ \[DEBUG\] is on.*\r\n\S+ #1 C: EHLO here\r\n$/);
});

test('switches itself off when it is full, and says so in the file and to the person', async (t) => {
  const path = join(await temporaryFolder(t), 'SYCEML.DBG');
  const told: string[] = [];
  const file = openDebugFile(path, { bytes: 1_000, ageMs: 60_000 }, Date.now, (text) => told.push(text));
  for (let count = 0; count < 100; count++) file.line('#1 S: 250 ok, and more words to fill it');
  const text = await readFile(path, 'utf8');
  assert.ok(text.length < 1_300);
  assert.match(text, /is off: the file is full.*\r\n$/);
  assert.equal(told.length, 1);
});

test('switches itself off after its time, stays off when opened again, and begins anew when deleted', async (t) => {
  const path = join(await temporaryFolder(t), 'SYCEML.DBG');
  let now = Date.now();
  const open = () => openDebugFile(path, { bytes: 10_000, ageMs: 86_400_000 }, () => now);
  open().line('first');
  now += 2 * 86_400_000;
  open().line('too late');
  assert.doesNotMatch(await readFile(path, 'utf8'), /too late/);
  await rm(path);
  now = Date.now();
  open().line('anew');
  assert.match(await readFile(path, 'utf8'), /anew/);
});

const day = { bytes: 2_000, ageMs: 86_400_000 };
const folderOf = async (t: TestContext): Promise<string> => join(await temporaryFolder(t), 'SYCEML.DBG');
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('deleted while it runs, it begins anew with its heading, for the owner alone', async (t) => {
  const path = await folderOf(t);
  const file = openDebugFile(path, day, Date.now);
  for (let count = 0; count < 20; count++) file.line('#1 S: before');
  await rm(path);
  file.line('#1 S: behind');
  assert.match(await readFile(path, 'utf8'), /^\S+ \[DEBUG\] is on.*\r\n\S+ #1 S: behind\r\n$/);
  if (process.platform !== 'win32') assert.equal(await modeOf(path), 0o600);
});

test('switched off, it begins anew when it is deleted', async (t) => {
  const path = await folderOf(t);
  const told: string[] = [];
  const file = openDebugFile(path, day, Date.now, (text) => told.push(text));
  for (let count = 0; count < 100; count++) file.line('#1 S: 250 ok, and more words to fill it');
  await rm(path);
  for (let count = 0; count < 100; count++) file.line('#2 S: 250 ok, and more words to fill it');
  const text = await readFile(path, 'utf8');
  assert.match(text, /^\S+ \[DEBUG\] is on/);
  assert.match(text, /#2 S.*\r\n.*is off: the file is full.*\r\n$/);
  assert.equal(told.length, 2);
});

test('opened when it is full already, it says at once that it is off', async (t) => {
  const path = await folderOf(t);
  await writeFile(path, 'y'.repeat(3_000));
  const told: string[] = [];
  const file = openDebugFile(path, day, Date.now, (text) => told.push(text));
  assert.match(told.join(), /is off: the file is full/);
  file.line('#1 S: no more');
  assert.deepEqual([told.length, (await stat(path)).size], [1, 3_000]);
});

test('two processes share one file and one size', async (t) => {
  const path = await folderOf(t);
  const [one, two] = [openDebugFile(path, day, Date.now), openDebugFile(path, day, Date.now)];
  for (let count = 0; count < 100; count++) {
    one.line('#1 S: one');
    two.line('#2 S: two');
  }
  // Each may say once more that it is off.
  assert.ok((await stat(path)).size < 2_000 + 400);
});

test('bytes are counted, not characters', async (t) => {
  const path = await folderOf(t);
  const file = openDebugFile(path, day, Date.now);
  for (let count = 0; count < 100; count++) file.line('発票'.repeat(30));
  assert.ok((await stat(path)).size < 2_000 + 200);
});
