// Fault 24: the database is locked or damaged; bytes are missing or changed.
import { open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';

const locked: Scenario = {
  number: 24,
  fault: 'another program locks the database for 30 s while messages go out',
  expected: 'it waits, then goes on: all go out once',
  async run(scene) {
    const sink = await scene.sink({ dotDelayMs: 20 });
    const installed = await scene.install(sink, { messages: 60 });
    const started = installed.outbox.start(['run', '--until-empty']);
    await sink.reached('dot', 10);
    const other = new DatabaseSync(installed.location, { timeout: 5_000 });
    other.exec('begin immediate');
    await wait(30_000);
    other.exec('rollback');
    other.close();
    const { code } = await scene.ended(started, 'run');
    scene.equal(code, 0, 'exit code');
    await scene.mustCount(installed, { released: 60 }, 'at the end');
  },
};

const corrupt: Scenario = {
  number: 24,
  fault: 'pages of the database are overwritten',
  expected: 'it refuses to start, in words and with 3; nothing is sent',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 60 });
    const { size } = await stat(installed.location);
    const file = await open(installed.location, 'r+');
    await file.write(Buffer.alloc(size - 8192, 0x5a), 0, size - 8192, 8192);
    await file.close();
    const { code, stderr } = await scene.run(installed, ['run', '--until-empty']);
    scene.equal(code, 3, 'exit code');
    scene.must(/malformed|damaged|corrupt/i.test(stderr), `the words do not name the damage: ${stderr.slice(0, 120)}`);
    scene.equal((await sink.seen()).entries.length, 0, 'dots that were sent');
    // Nothing can be read of it any more: the sum is checked here.
    scene.installed.length = 0;
    scene.taken = 0;
  },
};

const missing: Scenario = {
  number: 24,
  fault: 'the bytes of one document are gone from the file store',
  expected: 'held (missing-content); the others go out',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 3 });
    const files = join(installed.outbox.data, 'files');
    const names = (await readdir(files, { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name));
    await rm(join(files, names[0]!));
    await scene.send(installed);
    await scene.mustCount(installed, { held: 1, released: 2 }, 'at the end');
  },
};

const changed: Scenario = {
  number: 24,
  fault: 'the bytes of one document were changed on the disk',
  expected: 'held (missing-content), never sent as they are; the others go out',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 3 });
    const files = join(installed.outbox.data, 'files');
    const names = (await readdir(files, { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name));
    await writeFile(join(files, names[0]!), 'another invoice\n');
    await scene.send(installed);
    await scene.mustCount(installed, { held: 1, released: 2 }, 'at the end');
  },
};

export const damageFaults: Scenario[] = [locked, corrupt, missing, changed];
