// What a killed run leaves in the work folder: removed when nobody uses it any more, and not before.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { noteProgram, sweepWorkFolder, writeOwner } from '../../src/transport/driver/owner.ts';
import { temporaryFolder } from '../support/temporary.ts';

const skip = process.platform === 'win32' ? 'process groups of POSIX' : false;

/** A folder of an attempt with the document of a customer in it. */
async function leave(work: string, name: string, change: (owner: string) => string): Promise<string> {
  const folder = join(work, name);
  await mkdir(folder, { recursive: true });
  await writeOwner(folder);
  await writeFile(join(folder, 'invoice.pdf'), 'x');
  const owner = join(folder, '.owner');
  await writeFile(owner, change(await readFile(owner, 'utf8')));
  return folder;
}

/** Its number belongs to nobody any more. */
async function deadProcess(): Promise<number> {
  const child = spawn('/bin/true');
  await once(child, 'exit');
  return child.pid!;
}

function livingGroup(t: TestContext): ChildProcess {
  const child = spawn('/bin/sleep', ['600'], { detached: true });
  t.after(() => child.kill());
  return child;
}

const by = (pid: number) => (owner: string) => owner.replace(`\n${process.pid}\n`, `\n${pid}\n`);

suite('files of drivers', { skip }, () => {
  test('of a worker that was killed are removed at the next start', async (t) => {
    const work = await temporaryFolder(t);
    await leave(work, 'dead', by(await deadProcess()));
    await sweepWorkFolder(work, Date.now());
    assert.deepEqual(await readdir(work), []);
  });

  test('of a worker that lives stay', async (t) => {
    const work = await temporaryFolder(t);
    await leave(work, 'own', (owner) => owner);
    await leave(work, 'other', by(process.ppid));
    await sweepWorkFolder(work, Date.now());
    assert.deepEqual((await readdir(work)).toSorted(), ['other', 'own']);
  });

  test('of a driver that outlived its worker stay while it lives', async (t) => {
    const work = await temporaryFolder(t);
    const folder = await leave(work, 'orphan', by(await deadProcess()));
    noteProgram(folder, livingGroup(t).pid!);
    await sweepWorkFolder(work, Date.now());
    assert.deepEqual(await readdir(work), ['orphan']);
  });

  test('of another machine, or of nobody that can be told, stay until they are older than any driver may run', async (t) => {
    const work = await temporaryFolder(t);
    const dead = await deadProcess();
    await leave(work, 'elsewhere', (owner) => `elsewhere ${by(dead)(owner)}`);
    await leave(work, 'unknown', () => '');
    const now = Date.now();
    await sweepWorkFolder(work, now);
    assert.deepEqual((await readdir(work)).toSorted(), ['elsewhere', 'unknown']);
    const threeDaysAgo = new Date(now - 3 * 24 * 3_600_000);
    await utimes(join(work, 'elsewhere'), threeDaysAgo, threeDaysAgo);
    await sweepWorkFolder(work, now);
    assert.deepEqual(await readdir(work), ['unknown']);
  });

  test('no folder at all is no fault', async (t) => {
    await sweepWorkFolder(join(await temporaryFolder(t), 'none'), Date.now());
  });
});
