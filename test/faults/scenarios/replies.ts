// Faults 13 to 15: replies that are no replies or not to what was said; sizes; what a server does not offer.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../scenario.ts';
import type { Installed, Scene } from '../scene.ts';
import type { Action, Place } from '../sink/plan.ts';
import { sendLarge } from './content.ts';

/** Until nothing waits any more, a few times at most: every run tries a transport that stopped. */
async function sendAll(scene: Scene, installed: Installed): Promise<void> {
  for (let run = 0; run < 4; run++) {
    await scene.send(installed);
    if (((await scene.counts(installed))['queued'] ?? 0) === 0) return;
  }
}

interface OddReply {
  fault: string;
  at: Place;
  do: Action;
  /** The dots that come after it are answered so. */
  dots?: Action;
  /** Every message goes out all the same. */
  harmless?: boolean;
  connections?: number;
}

const oddReply = (of: OddReply): Scenario => ({
  number: 13,
  fault: of.fault,
  expected: of.harmless
    ? 'understood: all go out'
    : 'the session is ended; nothing is released that was not kept; the others go out',
  async run(scene) {
    // The first message goes through, so that the fault meets a session at work.
    const odd = { at: of.at, times: [2, 2], do: of.do } as const;
    const dots = of.dots ? [{ at: 'dot', times: [2, 2], do: of.dots } as const] : [];
    const sink = await scene.sink({ rules: [odd, ...dots] });
    const installed = await scene.install(sink, { limits: `connections: ${of.connections ?? 1}` });
    await sendAll(scene, installed);
    const counts = await scene.counts(installed);
    scene.saw(
      Object.entries(counts)
        .map(([status, count]) => `${count} ${status}`)
        .join(', '),
    );
    if (of.harmless) scene.equal(counts['released'], 5, 'released');
    else scene.must((counts['released'] ?? 0) >= 3, 'the others did not go out');
  },
});

const refusedDot: Action = { say: '554 5.6.0 not this one', keep: false };

const garbage: OddReply[] = [
  {
    fault: 'a yes comes early: 250 rides behind 354, and the dot is refused',
    at: 'data',
    do: { raw: '354 go on\r\n250 2.0.0 queued\r\n' },
    dots: refusedDot,
  },
  {
    fault: 'a yes too many behind MAIL, and the dot is refused',
    at: 'mail',
    do: { raw: '250 2.1.0 ok\r\n250 2.1.0 ok\r\n' },
    dots: refusedDot,
  },
  {
    fault: 'a yes too many behind RCPT, and the dot is refused',
    at: 'rcpt',
    do: { raw: '250 2.1.5 ok\r\n354 go on\r\n' },
    dots: refusedDot,
  },
  {
    fault: 'three replies too many (250, 250, 354) behind a dot, and the next dot is refused',
    at: 'dot',
    do: { raw: '250 2.0.0 kept\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n', keep: true },
    dots: refusedDot,
  },
  {
    fault: 'one reply too many behind a dot',
    at: 'dot',
    // Nobody can tell which of the two is the answer to the dot.
    do: { raw: '250 2.0.0 kept\r\n250 2.0.0 again\r\n', keep: true },
  },
  {
    fault: 'a dot answered with octets that are no text',
    at: 'dot',
    do: { raw: '\x00\xff\xfe\x80 \x01\r\n', keep: true },
  },
  {
    fault: 'a dot answered with a line that never ends (10 kB)',
    at: 'dot',
    do: { raw: `250 ${'x'.repeat(10_240)}`, keep: true },
  },
  {
    fault: 'a dot answered with 10 kB in one line',
    at: 'dot',
    do: { say: `250 2.0.0 ${'x'.repeat(10_240)}`, keep: true },
  },
  {
    fault: 'a dot answered with 150 lines',
    at: 'dot',
    do: { say: `${'250-2.0.0 kept\r\n'.repeat(149)}250 2.0.0 kept` },
    harmless: true,
  },
  {
    fault: 'a dot answered with a text that is no UTF-8',
    at: 'dot',
    do: { say: '250 2.0.0 gepr\xfcft und \xfcbernommen' },
    harmless: true,
  },
  {
    fault: 'a reply in several lines that changes its code',
    at: 'dot',
    do: { raw: '250-2.0.0 one\r\n550 5.0.0 two\r\n', keep: true },
  },
  { fault: 'every reply comes octet by octet', at: 'dot', do: { split: true }, harmless: true },
  { fault: 'a dot answered with a code alone', at: 'dot', do: { say: '250' }, harmless: true },
  {
    fault: 'a dot answered with half a reply, and the line is closed',
    at: 'dot',
    do: { raw: '250 2.0', close: 'fin', keep: true },
  },
  { fault: 'a dot answered with the code 999', at: 'dot', do: { say: '999 what', keep: true } },
  { fault: 'a dot answered 354', at: 'dot', do: { say: '354 go on', keep: false } },
  { fault: 'a dot answered with bare line feeds', at: 'dot', do: { raw: '250 2.0.0 kept\n', keep: true } },
  {
    fault: '250 to the dot and 421 in the same segment',
    at: 'dot',
    do: { raw: '250 2.0.0 kept\r\n421 4.3.2 going down\r\n', close: 'fin', keep: true },
    harmless: true,
  },
  { fault: 'MAIL answered with nonsense', at: 'mail', do: { raw: 'what?\r\n' }, harmless: true },
  { fault: 'RCPT answered with octets that are no text', at: 'rcpt', do: { raw: '\x00\xff\xfe\r\n' }, harmless: true },
  {
    fault: 'EHLO answered with 150 lines of extensions nobody knows',
    at: 'ehlo',
    do: { say: `250-sink\r\n${'250-X-NEVER-HEARD a=b c\r\n'.repeat(148)}250 HELP` },
    harmless: true,
  },
];

const tooSmall: Scenario = {
  number: 14,
  fault: 'SIZE is smaller than the message',
  expected: 'failed (too-large) before DATA, with both sizes in words; no try in a loop',
  async run(scene) {
    const sink = await scene.sink({ size: 100_000 });
    const installed = await scene.install(sink, { messages: 2 });
    await sendLarge(scene, installed, 1);
    await sendAll(scene, installed);
    const large = (await scene.messages(installed)).find(({ status }) => status === 'failed');
    scene.equal(large?.reason, 'too-large', 'reason');
    scene.must(/\d{6,}/.test(large?.detail ?? ''), 'the words do not name the size');
    await scene.mustCount(installed, { failed: 1, released: 2 }, 'at the end');
    scene.equal((await sink.seen()).places['data'] ?? 0, 2, 'DATA');
  },
};

const tooLarge = (fault: string, at: 'mail' | 'dot', say: string): Scenario => ({
  number: 14,
  fault,
  expected: 'failed (too-large), no try in a loop; the others go out',
  async run(scene) {
    const match = at === 'mail' ? 'SIZE=\\d{7}' : 'c1@';
    const sink = await scene.sink({ hide: at === 'mail' ? [] : ['SIZE'], rules: [{ at, match, do: { say } }] });
    const installed = await scene.install(sink, { messages: 0 });
    await sendLarge(scene, installed, 1);
    await sendAll(scene, installed);
    const [message] = await scene.messages(installed);
    scene.equal([message!.status, message!.reason], ['failed', 'too-large'], 'the message');
    scene.equal(message!.tries, 1, 'tries');
  },
});

const hidden = (hide: string[], name = hide.join(', ')): Scenario => ({
  number: 15,
  fault: `the server does not offer ${name}`,
  expected: 'encoded so that it passes: all go out, no octet against the rules',
  async run(scene) {
    const sink = await scene.sink({ hide });
    const edit = (yaml: string): string => yaml.replaceAll('Please find invoice', 'Bitte prüfen Sie – anbei Rechnung');
    const installed = await scene.install(sink, { edit });
    scene.equal((await scene.send(installed)).code, 0, 'exit code');
    await scene.mustCount(installed, { released: 5 }, 'at the end');
    const said = (await sink.seen()).lines.join('\n');
    for (const [extension, pattern] of [
      ['DSN', / (RET|NOTIFY|ENVID)=/],
      ['SIZE', / SIZE=/],
      ['8BITMIME', / BODY=8/],
      ['CHUNKING', /^BDAT/m],
      ['SMTPUTF8', / SMTPUTF8/],
      ['BINARYMIME', / BODY=BIN/],
    ] as const) {
      if (hide.includes(extension)) scene.must(!pattern.test(said), `${extension} was used although it is not offered`);
    }
  },
});

const foreignAddress: Scenario = {
  number: 15,
  fault: 'an address beyond ASCII, and the server does not offer SMTPUTF8',
  expected: 'failed with the reason in words; with SMTPUTF8 it goes out',
  async run(scene) {
    const sink = await scene.sink({ hide: ['SMTPUTF8'] });
    const installed = await scene.install(sink, { messages: 0 });
    const file = join(installed.outbox.folder, 'one.txt');
    await writeFile(file, 'Invoice\n');
    const sent = await scene.run(installed, [
      'send',
      file,
      '--type',
      'invoice',
      '--number',
      '1',
      '--email',
      'jürgen@abf.example',
    ]);
    if (sent.code === 2) return scene.saw('refused at intake');
    scene.taken++;
    await scene.send(installed);
    const [message] = await scene.messages(installed);
    scene.equal(message!.status, 'failed', 'the message');
    scene.must(/SMTPUTF8/.test(message!.detail ?? ''), 'the words do not name SMTPUTF8');
  },
};

export const replyFaults: Scenario[] = [
  ...garbage.map(oddReply),
  tooSmall,
  tooLarge('MAIL answered 552 5.3.4 for its size', 'mail', '552 5.3.4 Message size exceeds fixed limit'),
  tooLarge('no SIZE offered, and the dot is answered 552 5.2.3', 'dot', '552 5.2.3 Message exceeds maximum size'),
  ...['8BITMIME', 'SMTPUTF8', 'PIPELINING', 'DSN', 'CHUNKING', 'SIZE', 'ENHANCEDSTATUSCODES'].map((extension) =>
    hidden([extension]),
  ),
  hidden(
    ['8BITMIME', 'SMTPUTF8', 'PIPELINING', 'DSN', 'CHUNKING', 'SIZE', 'ENHANCEDSTATUSCODES', 'BINARYMIME'],
    'any extension',
  ),
  foreignAddress,
];
