// Fault 34: what a person or a program may write into a message to make two of it, or to break the rules of mail.
import type { Scenario } from '../scenario.ts';
import { sendArguments, writeDocument } from './intake.ts';

/** Each in one argument; refused ones must be refused, the others must arrive as one message that keeps to the rules. */
const strange: { what: string; args: (file: string) => string[]; refused?: boolean }[] = [
  {
    what: 'CR LF in the subject',
    args: (file) => sendArguments(file, '1', '--subject', 'Invoice\r\nBcc: thief@evil.example'),
    refused: true,
  },
  {
    what: 'a line feed in the address',
    args: (file) => [
      'send',
      file,
      '--type',
      'invoice',
      '--number',
      '1',
      '--email',
      'a@abf.example\nRCPT TO:<thief@evil.example>',
    ],
    refused: true,
  },
  { what: 'CR LF in the number', args: (file) => sendArguments(file, '1\r\nX: y'), refused: true },
  { what: 'CR LF in the key', args: (file) => sendArguments(file, '1', '--key', 'a\r\nb'), refused: true },
  {
    what: 'a dot alone, and a dialogue, in the note',
    args: (file) =>
      sendArguments(
        file,
        '1',
        '--note',
        'Hello\r\n.\r\nMAIL FROM:<thief@evil.example>\r\nRCPT TO:<x@evil.example>\r\nDATA\r\nMessage-ID: <smuggled@evil>\r\n\r\nhi\r\n.\r\n',
      ),
  },
  {
    what: 'bare line feeds around a dot in the note',
    args: (file) => sendArguments(file, '1', '--note', 'Hello\n.\nMAIL FROM:<thief@evil.example>\n.\r\nmore'),
  },
  {
    what: 'bare carriage returns around a dot in the note',
    args: (file) => sendArguments(file, '1', '--note', 'Hello\r.\rMAIL FROM:<thief@evil.example>\r.\r'),
  },
  {
    what: 'a note in one line of 5,000 characters',
    args: (file) => sendArguments(file, '1', '--note', 'word '.repeat(1_000)),
  },
  {
    what: 'a note with one word of 5,000 characters',
    args: (file) => sendArguments(file, '1', '--note', 'x'.repeat(5_000)),
  },
  {
    what: 'a subject of 2,000 characters beyond ASCII',
    args: (file) => sendArguments(file, '1', '--subject', 'Prüfung '.repeat(250)),
  },
  {
    what: 'a subject in one word of 1,500 characters',
    args: (file) => sendArguments(file, '1', '--subject', 'y'.repeat(1_500)),
  },
  { what: 'lines that begin with dots', args: (file) => sendArguments(file, '1', '--note', '.\n..\n...\n.hidden') },
  {
    what: 'a domain beyond ASCII',
    args: (file) => ['send', file, '--type', 'invoice', '--number', '1', '--email', 'kunde@bücher.example'],
  },
  {
    what: 'a local part beyond ASCII',
    args: (file) => ['send', file, '--type', 'invoice', '--number', '1', '--email', 'jürgen@abf.example'],
  },
];

const strangeOnes: Scenario[] = strange.map(({ what, args, refused }) => ({
  number: 34,
  fault: what,
  expected: refused
    ? 'refused at intake with the reason; nothing is sent'
    : 'arrives as one message that keeps to the rules',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0 });
    const file = await writeDocument(installed, 'one.txt', 'Invoice\r\n.\r\nMAIL FROM:<thief@evil.example>\r\n');
    const { code, stderr } = await scene.run(installed, args(file));
    if (refused) {
      scene.equal(code, 2, 'exit code');
      return scene.must(stderr.trim() !== '', 'no reason is given');
    }
    scene.equal(code, 0, 'exit code');
    scene.taken = 1;
    await scene.send(installed);
    await scene.mustCount(installed, { released: 1 }, 'at the end');
    const { entries, places } = await sink.seen();
    scene.equal([entries.length, places['mail']], [1, 1], 'messages at the mail server');
  },
}));

const strangeRow = (what: string, row: string): Scenario => ({
  number: 34,
  fault: `a manifest with ${what}`,
  expected: 'that row is named and stopped; the others go out',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0 });
    await writeDocument(installed, 'one.txt', 'Invoice\n');
    const manifest = await writeDocument(
      installed,
      'manifest.csv',
      `file,type,number,customer,email\none.txt,invoice,1,C1,c1@abf.example\n${row}\n`,
    );
    const { code, stderr, stdout } = await scene.run(installed, ['import', manifest]);
    scene.must(code === 1 || code === 2, `exit code ${code}`);
    scene.must(/row|line|2|3/i.test(stderr + stdout), 'the row is not named');
    scene.taken = (await scene.messages(installed)).length;
    await scene.send(installed);
    const counts = await scene.counts(installed);
    scene.saw(
      Object.entries(counts)
        .map(([status, count]) => `${count} ${status}`)
        .join(', ') || 'nothing taken in',
    );
    scene.must(
      (await sink.seen()).entries.every(({ recipient }) => recipient === 'c1@abf.example'),
      'the strange row was sent',
    );
  },
});

const commaList: Scenario = {
  number: 34,
  fault: 'a manifest with several addresses behind commas',
  expected: 'refused, or one message for each: never a list in one RCPT',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0 });
    await writeDocument(installed, 'one.txt', 'Invoice\n');
    const row = 'one.txt,invoice,2,C2,"c2@abf.example,c3@abf.example"';
    await scene.run(installed, [
      'import',
      await writeDocument(installed, 'manifest.csv', `file,type,number,customer,email\n${row}\n`),
    ]);
    scene.taken = (await scene.messages(installed)).length;
    await scene.send(installed);
    const { entries } = await sink.seen();
    scene.saw(`${entries.length} messages`);
    scene.must(
      entries.every(({ recipient }) => !recipient.includes(',')),
      'a list reached RCPT',
    );
  },
};

export const strangeContent: Scenario[] = [
  ...strangeOnes,
  strangeRow('NUL in an address', 'one.txt,invoice,2,C2,c2\0@abf.example'),
  commaList,
  strangeRow('CR LF inside quotes in an address', 'one.txt,invoice,2,C2,"c2@abf.example\r\nBcc: thief@evil.example"'),
];
