// Faults 21 to 23: the disk is full, broken, read-only, dead.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { type Installed, type Scene, settingsOf } from '../scene.ts';
import type { Sink } from '../sink/start.ts';
import { applySettings, newOutbox, writeManifest } from '../../support/outbox.ts';

const noRoot = (): string | null => (process.getuid?.() === 0 ? null : 'Only root can make a small disk.');
const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** The data folder on a disk of its own, so many megabytes large. */
async function installOn(
  scene: Scene,
  sink: Sink,
  mount: (data: string) => void,
  messages: number,
  office?: string,
): Promise<Installed> {
  const outbox = await newOutbox({ after: (end: () => unknown) => scene.after(end) });
  await mkdir(outbox.data, { recursive: true });
  mount(outbox.data);
  scene.after(() => execFileSync('umount', ['-l', outbox.data]));
  const installed: Installed = { outbox, env: {}, location: join(outbox.data, 'outbox.db') };
  scene.installed.push(installed);
  await applySettings(outbox, settingsOf(sink.port, { limits: 'connections: 1', ...(office ? { office } : {}) }));
  if (messages > 0) await scene.import(installed, messages);
  return installed;
}

const tmpfs = (megabytes: number) => (data: string) =>
  void execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', data]);

/** To the last octet. */
async function fill({ outbox }: Installed): Promise<() => Promise<void>> {
  const path = join(outbox.data, 'filler');
  const file = await open(path, 'w');
  const block = Buffer.alloc(64 * 1024);
  for (const piece of [block, block.subarray(0, 4096)]) {
    try {
      for (;;) await file.write(piece);
    } catch {
      // Full.
    }
  }
  await file.close();
  const { bavail } = await statfs(outbox.data);
  if (bavail > 0) throw new Error(`the disk still has ${bavail} blocks`);
  return () => rm(path);
}

const fullAtIntake: Scenario = {
  number: 21,
  fault: 'the disk is full at intake',
  expected: 'intake says no, with the reason; nothing half taken in; with space again the same import takes all',
  impossible: noRoot,
  async run(scene) {
    const sink = await scene.sink();
    const installed = await installOn(scene, sink, tmpfs(256), 0);
    const free = await fill(installed);
    const { code, stderr } = await scene.run(installed, ['import', await writeManifest(installed.outbox, 30)]);
    scene.equal(code, 3, 'exit code');
    scene.must(/full|space|ENOSPC/i.test(stderr), `the words do not name the disk: ${stderr.slice(0, 120)}`);
    await free();
    scene.equal((await scene.messages(installed)).length, 0, 'messages while it was full');
    await scene.import(installed, 30);
    scene.equal((await scene.send(installed)).code, 0, 'exit code with space again');
    await scene.mustCount(installed, { released: 30 }, 'at the end');
  },
};

const fullForDocuments: Scenario = {
  number: 21,
  fault: 'the disk has no room for the documents of a batch (10 MB on 4 MB)',
  expected: 'intake says no, with the reason; nothing half taken in; with space again the same command takes it',
  impossible: noRoot,
  async run(scene) {
    const sink = await scene.sink();
    const installed = await installOn(scene, sink, tmpfs(6), 0);
    const file = join(installed.outbox.folder, 'large.txt');
    await writeFile(file, 'An invoice with many lines.\n'.repeat(375_000));
    const args = ['send', file, '--type', 'invoice', '--number', '1', '--email', 'ap@abf.example'];
    const { code, stderr } = await scene.run(installed, args);
    scene.equal(code, 3, 'exit code');
    scene.must(/full|space|ENOSPC/i.test(stderr), `the words do not name the disk: ${stderr.slice(0, 120)}`);
    scene.equal((await scene.messages(installed)).length, 0, 'messages while it was full');
    execFileSync('mount', ['-o', 'remount,size=512m', installed.outbox.data]);
    scene.equal((await scene.run(installed, args)).code, 0, 'exit code with space again');
    scene.taken = 1;
    await scene.send(installed);
    await scene.mustCount(installed, { released: 1 }, 'at the end');
  },
};

/** @param place where the server takes its time while the disk fills */
const fullWhileSending = (place: 'rcpt' | 'dot', at: 'W3' | 'W4', expected: string): Scenario => ({
  number: 21,
  fault: `the disk is full at ${at}`,
  expected,
  impossible: noRoot,
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: place, times: [3, 3], do: { delayMs: 1_500 } }] });
    const installed = await installOn(scene, sink, tmpfs(256), 10);
    const started = installed.outbox.start(['run', '--until-empty']);
    await sink.reached(place, 3);
    const free = await fill(installed);
    // It waits for space. Whatever it would do wrong it would have done by then.
    await wait(4_000);
    const dots = (await sink.seen()).entries.length;
    scene.saw(`${dots} dots while it was full (the log of the database may have room of its own)`);
    await free();
    scene.equal((await scene.ended(started, 'run')).code, 0, 'exit code with space again');
    await scene.mustCount(installed, { released: 10 }, 'with space again');
  },
});

const fullForLog: Scenario = {
  number: 21,
  fault: 'only the volume of the dialogue log (SYCEML.DBG) is full',
  expected: 'sending goes on',
  impossible: () => (existsSync('/dev/full') ? null : 'There is no /dev/full here.'),
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { host: '[DEBUG]127.0.0.1', messages: 10 });
    await rm(join(installed.outbox.data, 'SYCEML.DBG'), { force: true });
    await symlink('/dev/full', join(installed.outbox.data, 'SYCEML.DBG'));
    scene.equal((await scene.send(installed)).code, 0, 'exit code');
    await scene.mustCount(installed, { released: 10 }, 'at the end');
  },
};

/** ext4 can be told that its disk is gone: every write and fsync is an EIO from then on (EXT4_IOC_SHUTDOWN). */
const shutDown = (path: string): void => {
  const script =
    'import fcntl,os,struct,sys; f=os.open(sys.argv[1],os.O_RDONLY); fcntl.ioctl(f,0x8004587d,struct.pack("I",2))';
  execFileSync('python3', ['-c', script, path]);
};

const noLoop = (): string | null => {
  if (noRoot() !== null) return noRoot();
  return has('mkfs.ext4') && has('losetup') && has('python3') ? null : 'No mkfs.ext4, losetup and python3 here.';
};

/** A disk of its own under the data folder, that can fail and come back. */
async function installOnImage(scene: Scene, sink: Sink, messages: number) {
  let image = '';
  const mount = (data: string): void => {
    image = `${data}.img`;
    execFileSync('truncate', ['-s', '512M', image]);
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    execFileSync('mount', ['-o', 'loop', image, data]);
  };
  const installed = await installOn(scene, sink, mount, messages);
  const { data } = installed.outbox;
  // Not lazily: while anything still has the dead one open, a mount of the same image would be the dead one again.
  const comeBack = async (): Promise<void> => {
    const isDone = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
    for (let tries = 0; !isDone('umount', data); tries++) {
      if (tries === 50) throw new Error('the dead disk could not be taken off');
      await wait(100);
    }
    execFileSync('mount', ['-o', 'loop', image, data]);
  };
  return { installed, fail: () => shutDown(data), comeBack };
}

const powerCut: Scenario = {
  number: 23,
  fault: 'the file system stops dead, with all that is not synced gone as in a power cut, right after intake said yes',
  expected: 'every document that intake said yes to is there, and goes out once',
  impossible: noLoop,
  async run(scene) {
    const sink = await scene.sink();
    const { installed, fail, comeBack } = await installOnImage(scene, sink, 0);
    const file = join(installed.outbox.folder, 'one.txt');
    for (let cut = 1; cut <= 3; cut++) {
      for (let number = 1; number <= 3; number++) {
        await writeFile(file, `Invoice ${cut}-${number}\n`);
        const args = ['send', file, '--type', 'invoice', '--number', `${cut}-${number}`, '--email', 'ap@abf.example'];
        const { code, stderr } = await scene.run(installed, args);
        if (code !== 0) throw new Error(stderr);
        scene.taken++;
      }
      if (cut === 1) await scene.import(installed, 50);
      fail();
      await comeBack();
      await scene.mustCount(installed, { queued: scene.taken }, `after cut ${cut}`);
    }
    scene.equal((await scene.send(installed)).code, 0, 'exit code');
    await scene.mustCount(installed, { released: scene.taken }, 'at the end');
  },
};

const brokenDisk = (place: 'rcpt' | 'dot', at: 'W3' | 'W4', expected: string): Scenario => ({
  number: 22,
  fault: `the disk fails with EIO at ${at}`,
  expected,
  impossible: noLoop,
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: place, times: [3, 3], do: { delayMs: 1_500 } }] });
    const { installed, fail, comeBack } = await installOnImage(scene, sink, 10);
    const started = installed.outbox.start(['run', '--until-empty']);
    await sink.reached(place, 3);
    fail();
    const { code } = await scene.ended(started, 'run');
    scene.must(code !== 0, 'it ended with 0');
    scene.equal((await sink.seen()).entries.length, at === 'W3' ? 2 : 3, 'dots that were sent');
    await comeBack();
    await scene.send(installed);
    await scene.mustCount(
      installed,
      at === 'W3' ? { released: 10 } : { released: 9, uncertain: 1 },
      'on a disk that works',
    );
  },
});

const readOnly: Scenario = {
  number: 22,
  fault: 'the data folder is read-only when the worker starts',
  expected: 'it refuses to start, in words; nothing is sent',
  impossible: noRoot,
  async run(scene) {
    const sink = await scene.sink();
    const installed = await installOn(scene, sink, tmpfs(256), 5);
    execFileSync('mount', ['-o', 'remount,ro', installed.outbox.data]);
    const { code, stderr } = await scene.send(installed);
    scene.equal(code, 3, 'exit code');
    scene.must(/read-?only|written|opened/i.test(stderr), `the words do not say why: ${stderr.slice(0, 120)}`);
    scene.equal((await sink.seen()).entries.length, 0, 'dots that were sent');
    execFileSync('mount', ['-o', 'remount,rw', installed.outbox.data]);
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'when it can be written');
  },
};

export const diskFaults: Scenario[] = [
  fullAtIntake,
  fullForDocuments,
  fullWhileSending('rcpt', 'W3', 'no dot that is not written down; with space again all go out once, by themselves'),
  fullWhileSending(
    'dot',
    'W4',
    'no dot that is not written down; with space again the answer is written, and the rest goes out',
  ),
  fullForLog,
  brokenDisk('rcpt', 'W3', 'no dot is sent, sending stops; on a disk that works all go out once'),
  brokenDisk('dot', 'W4', 'that one is uncertain, sending stops; on a disk that works the rest goes out'),
  readOnly,
  powerCut,
];
