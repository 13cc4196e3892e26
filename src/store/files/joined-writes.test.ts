// Tests of shared writes: what comes together is written together, and everybody hears of his own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinWrites, type Wanted } from './joined-writes.ts';

const wanted = (name: string): Wanted => new Map([[name, Buffer.from(name)]]);

test('what comes at the same time, or while a write is under way, is written together', async () => {
  const writes: string[][] = [];
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const write = joinWrites(async (documents) => {
    writes.push([...documents.keys()]);
    begin();
    await held;
  });
  const first = [write(wanted('a')), write(wanted('b'))];
  await begun;
  const second = [write(wanted('c')), write(wanted('d'))];
  letGo();
  await Promise.all([...first, ...second]);
  assert.deepEqual(writes, [
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('a document that can not be written takes no other with it', async () => {
  const kept = new Set<string>();
  const write = joinWrites(async (documents) => {
    if (documents.has('bad')) throw new Error('bad');
    for (const name of documents.keys()) kept.add(name);
    return Promise.resolve();
  });
  const ends = await Promise.allSettled(['a', 'bad', 'b'].map((name) => write(wanted(name))));
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual([...kept], ['a', 'b']);
  await write(wanted('c'));
  assert.ok(kept.has('c'));
});
