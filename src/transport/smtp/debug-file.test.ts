import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
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
