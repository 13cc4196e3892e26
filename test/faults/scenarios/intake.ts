// Faults 28, 29, 32 and 33: the same request again, other bytes under the same key, poison, very large ones.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pdfMaker } from '../../../bench/support/documents.ts';
import type { Started } from '../../support/outbox.ts';
import type { Scenario } from '../scenario.ts';
import type { Installed, Scene } from '../scene.ts';

export async function writeDocument(installed: Installed, name: string, content: string | Buffer): Promise<string> {
  const file = join(installed.outbox.folder, name);
  await writeFile(file, content);
  return file;
}

export const sendArguments = (file: string, number: string, ...more: string[]): string[] => [
  'send',
  file,
  '--type',
  'invoice',
  '--number',
  number,
  '--email',
  'ap@abf.example',
  ...more,
];

const hundredTimes: Scenario = {
  number: 28,
  fault: 'the same document is sent 100 times, 20 processes at once',
  expected: 'one message; every call answers with the same id',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0 });
    const file = await writeDocument(installed, 'one.txt', 'Invoice\n');
    const ids = new Set<string>();
    for (let wave = 0; wave < 5; wave++) {
      const ends = await Promise.all(
        Array.from({ length: 20 }, () => installed.outbox.run(...sendArguments(file, '1', '--key', 'same'))),
      );
      for (const { code, stdout, stderr } of ends) {
        if (code !== 0) scene.wrong.push(`exit code ${code}: ${stderr.slice(0, 120)}`);
        ids.add(/[0-9a-f-]{36}/.exec(stdout)?.[0] ?? stdout.trim());
      }
    }
    scene.taken = 1;
    scene.equal(ids.size, 1, 'ids');
    await scene.send(installed);
    await scene.mustCount(installed, { released: 1 }, 'at the end');
  },
};

const otherBytes: Scenario = {
  number: 29,
  fault: 'other bytes under the same key',
  expected: 'refused with the reason; nothing of it is sent',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0 });
    const first = await writeDocument(installed, 'one.txt', 'Invoice\n');
    const second = await writeDocument(installed, 'two.txt', 'Another invoice\n');
    scene.equal((await scene.run(installed, sendArguments(first, '1'))).code, 0, 'exit code of the first');
    scene.taken = 1;
    const { code, stderr, stdout } = await scene.run(installed, sendArguments(second, '1'));
    scene.equal(code, 2, 'exit code of the second');
    scene.must(/key/.test(stderr + stdout), 'the words do not name the key');
    await scene.send(installed);
    await scene.mustCount(installed, { released: 1 }, 'at the end');
  },
};

const poison: Scenario = {
  number: 32,
  fault: 'one message kills the worker whenever it is taken, twice',
  expected: 'held (poison) at the third start; the others go out',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 6, limits: 'connections: 1' });
    for (let death = 0; death < 2; death++) await scene.send(installed, { OUTBOX_FAILPOINT: 'W2:1' });
    await scene.send(installed);
    const held = (await scene.messages(installed)).filter(({ status }) => status === 'held');
    scene.equal(
      held.map(({ reason }) => reason),
      ['poison'],
      'held',
    );
    await scene.mustCount(installed, { held: 1, released: 5 }, 'at the end');
  },
};

const brokenPdf: Scenario = {
  number: 32,
  fault: 'PDF files that no reader can open, among good ones',
  expected: 'blocked with the reason at intake; the others go out',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0 });
    const good = await writeDocument(installed, 'good.pdf', pdfMaker(20_000)(1));
    const bad = await writeDocument(
      installed,
      'bad.pdf',
      Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5_000, 0xa5)]),
    );
    scene.equal((await scene.run(installed, sendArguments(good, '1'))).code, 0, 'exit code of the good one');
    scene.equal((await scene.run(installed, sendArguments(bad, '2'))).code, 1, 'exit code of the bad one');
    scene.taken = 2;
    await scene.send(installed);
    await scene.mustCount(installed, { blocked: 1, released: 1 }, 'at the end');
  },
};

const hardToRead: Scenario = {
  number: 32,
  fault: 'a reply made to choke regular expressions (200 lines of 4 kB)',
  expected: 'read in no time: that one waits or fails, the others go out',
  async run(scene) {
    const line = 'exceeded mailbox too many 1 in 9 wait '.repeat(106).slice(0, 4_000);
    const say = `${`450-4.2.0 ${line}\r\n`.repeat(199)}450 4.2.0 ${line}`;
    const sink = await scene.sink({ rules: [{ at: 'rcpt', times: [2, 2], do: { say } }] });
    const installed = await scene.install(sink, { limits: 'connections: 1' });
    await scene.run(installed, ['run', '--until-empty'], {}, 20_000);
    await scene.send(installed);
    const counts = await scene.counts(installed);
    scene.must((counts['released'] ?? 0) >= 4, `only ${counts['released'] ?? 0} of the other four went out`);
  },
};

/** The most memory that a running process has had, in MB. */
async function peakOf(started: Started): Promise<number> {
  let peak = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${started.child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // Gone.
    }
  }, 20);
  await started.ended;
  clearInterval(look);
  return Math.round(peak);
}

const mostMegabytes = 256;

async function largeOnes(scene: Scene, megabytes: number, count: number, limits: string): Promise<void> {
  const sink = await scene.sink();
  const installed = await scene.install(sink, { messages: 0, limits });
  const file = await writeDocument(installed, 'large.pdf', pdfMaker(megabytes * 1024 * 1024)(1));
  if (count === 1) {
    const taking = installed.outbox.start(sendArguments(file, '1'));
    const peak = await peakOf(taking);
    scene.saw(`intake used ${peak} MB at most`);
    scene.must(peak < mostMegabytes, 'intake used too much memory');
    if ((await taking.ended).code !== 0) throw new Error((await taking.ended).stderr);
  } else {
    const rows = Array.from({ length: count }, (_, row) => `large.pdf,invoice,${row},C${row},c${row}@abf.example`);
    const manifest = await writeDocument(
      installed,
      'manifest.csv',
      `file,type,number,customer,email\n${rows.join('\n')}\n`,
    );
    const { code, stderr } = await scene.run(installed, ['import', manifest]);
    if (code !== 0) throw new Error(stderr);
  }
  scene.taken = count;
  const sending = installed.outbox.start(['run', '--until-empty']);
  const [peak] = await Promise.all([peakOf(sending), scene.ended(sending, 'run', 300_000)]);
  scene.saw(`sending used ${peak} MB at most`);
  scene.must(peak < mostMegabytes, 'sending used too much memory');
  await scene.mustCount(installed, { released: count }, 'at the end');
}

const large: Scenario[] = [
  {
    number: 33,
    fault: 'one attachment of 150 MB',
    expected: `sent once, with less than ${mostMegabytes} MB of memory`,
    alone: true,
    run: (scene) => largeOnes(scene, 150, 1, 'connections: 1'),
  },
  {
    number: 33,
    fault: '200 messages of 20 MB over 20 connections',
    expected: `each sent once, with less than ${mostMegabytes} MB of memory`,
    alone: true,
    run: (scene) => largeOnes(scene, 20, 200, 'connections: 20'),
  },
];

export const intakeFaults: Scenario[] = [hundredTimes, otherBytes, poison, brokenPdf, hardToRead, ...large];
