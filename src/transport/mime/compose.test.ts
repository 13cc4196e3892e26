// Composing: what goes in comes out of two independent readers, and nothing that goes in becomes a header or an address.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { sampleAttachment } from '../../../test/support/jobs.ts';
import { sampleIngredients } from '../../../test/support/samples.ts';
import { asOneLine } from '../../message/control-characters.ts';
import type { Ingredients } from '../../message/message.ts';
import type { LoadedAttachment } from '../../message/transport.ts';
import { composeInto, composeMessage, isWhole, layOut } from './compose.ts';
import { bytesOf } from './job-content.ts';

const bytes = randomBytes(5_000);
const part = (name: string, content: Uint8Array = bytes): LoadedAttachment => sampleAttachment(name, content);

async function readBack(ingredients: Ingredients, parts: LoadedAttachment[]) {
  const raw = await composeMessage(ingredients, parts);
  return { raw, postal: await PostalMime.parse(raw), nodemailer: await simpleParser(raw) };
}

/** Whatever a business system may have in a field, hostile or not. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom(
    'a\r\nBcc: evil@x.example',
    'a\n\nbody',
    '=?UTF-8?Q?x?=',
    '"; filename="b',
    'Ünïcode £ 日本',
    '..',
    '',
  ),
);

const headerNames = (raw: Buffer): string[] =>
  [
    ...raw
      .toString('latin1')
      .split('\r\n\r\n')[0]!
      .matchAll(/^([^\s:]+):/gm),
  ].map((match) => match[1]!);

test('no subject, name or file name ever makes a header, an address or another part', async () => {
  const expected = headerNames(await composeMessage(sampleIngredients(), [part('a.pdf')]));
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (subject, name, file) => {
      const from = { name, address: 'billing@acme.example' };
      const { raw, postal, nodemailer } = await readBack(sampleIngredients({ subject, from }), [part(file)]);
      assert.deepEqual(headerNames(raw), expected);
      assert.deepEqual(
        postal.to?.map(({ address }) => address),
        ['ap@abf.example'],
      );
      assert.equal(postal.from?.address, 'billing@acme.example');
      assert.equal(postal.bcc, undefined);
      assert.equal(nodemailer.from?.value[0]?.address, 'billing@acme.example');
      assert.equal(postal.attachments.length, 1);
      assert.equal(nodemailer.attachments.length, 1);
    }),
    { numRuns: 300 },
  );
});

test('every line has at most 998 octets, begins with no dot and ends in CRLF; all is seven bits', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (subject, text, file) => {
      const composed = await composeMessage(sampleIngredients({ subject, text, html: text }), [part(file)]);
      const raw = composed.toString('latin1');
      for (const line of raw.split('\r\n')) {
        assert.ok(line.length <= 998);
        assert.notEqual(line[0], '.');
        // eslint-disable-next-line no-control-regex -- every octet beyond seven bits, and bare line ends
        assert.doesNotMatch(line, /[\r\n\x00\x80-\xff]/);
      }
      assert.ok(raw.endsWith('\r\n'));
    }),
  );
});

test('subject, name, file name, text and bytes come back from both readers', async () => {
  const readable = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }).map(asOneLine).filter(Boolean);
  await fc.assert(
    fc.asyncProperty(
      readable,
      readable,
      readable,
      fc.uint8Array({ maxLength: 400 }),
      async (subject, name, text, content) => {
        const file = `Rechnung ${subject.replace(/["\\/]/g, '')}.pdf`;
        const wanted = sampleIngredients({
          subject,
          text: `${text}\n`,
          from: { name, address: 'billing@acme.example' },
        });
        const { postal, nodemailer } = await readBack(wanted, [part(asOneLine(file), content)]);
        for (const read of [postal.subject, nodemailer.subject]) assert.equal(read, subject);
        assert.equal(postal.from?.name, name);
        for (const read of [postal.text, nodemailer.text]) assert.equal(read?.replace(/\r?\n$/, ''), text);
        assert.equal(postal.attachments[0]?.filename, asOneLine(file));
        assert.equal(nodemailer.attachments[0]?.filename, asOneLine(file));
        assert.deepEqual(Buffer.from(postal.attachments[0].content as ArrayBuffer), Buffer.from(content));
        assert.deepEqual(nodemailer.attachments[0].content, Buffer.from(content));
      },
    ),
    { numRuns: 200 },
  );
});

test('the same ingredients give the same bytes', async () => {
  const wanted = sampleIngredients({ subject: 'Über' });
  const [once, again] = [wanted, structuredClone(wanted)].map((of) => composeMessage(of, [part('a.pdf')]));
  assert.deepEqual(await once, await again);
});

/** Numbers that look random and are the same on every machine. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

const words = [
  'Invoice',
  'Rechnung',
  'ü',
  '日本',
  '=?UTF-8?Q?x?=',
  '"',
  '.',
  'From',
  '=',
  ' ',
  '\t',
  '\r\n',
  'x'.repeat(60),
];

/** A message that is the same on every machine. */
function randomMessage(seed: number): { ingredients: Ingredients; parts: LoadedAttachment[] } {
  const next = numbers(seed);
  const text = (most: number): string => Array.from({ length: next(most) }, () => words[next(words.length)]).join(' ');
  const address = (): string => `a${next(1_000)}@${next(3) === 0 ? 'münchen.example' : 'abf.example'}`;
  const addresses = (most: number): string[] => Array.from({ length: next(most) }, address);
  const content = (): Buffer => Buffer.from(Array.from({ length: next(4_000) }, () => next(256)));
  const ingredients = sampleIngredients({
    messageId: `${seed}@acme.example`,
    boundary: `seed${seed}`,
    from: { name: text(6), address: 'billing@acme.example' },
    replyTo: next(2) === 0 ? null : address(),
    to: addresses(5),
    cc: addresses(5),
    subject: text(12),
    text: text(60),
    html: next(3) === 0 ? null : `<p>${text(60)}</p>`,
  });
  return { ingredients, parts: Array.from({ length: next(4) }, () => part(`${text(5)}.pdf`, content())) };
}

test('a message has the bytes that it had in the version before: what was queued by that goes on by this', async () => {
  const sum = createHash('sha256');
  for (let seed = 1; seed <= 500; seed++) {
    const { ingredients, parts } = randomMessage(seed);
    sum.update(await composeMessage(ingredients, parts));
  }
  assert.equal(sum.digest('hex'), '73f13ce1d6123f696d63975922d86c42f295d0240d108cc3cfa085c5446bb11c');
});

test('in pieces of any size the message is the same as at once, and as long as said before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }), async (pieces) => {
      const content = Buffer.concat(pieces);
      const large: LoadedAttachment = {
        ...part('a.pdf', content),
        fill: null,
        async *pieces() {
          yield* pieces;
        },
      };
      const ingredients = sampleIngredients();
      const layout = layOut(ingredients, [part('a.pdf', content)]);
      const atOnce = Buffer.alloc(layout.size);
      composeInto(atOnce, layout);
      assert.deepEqual(await composeMessage(ingredients, [large]), atOnce);
      assert.deepEqual([isWhole(layout), isWhole(layOut(ingredients, [large]))], [true, false]);
    }),
  );
});

test('the message says that a machine sent it, and asks for no automatic answer', async () => {
  const { postal } = await readBack(sampleIngredients(), []);
  const value = (key: string) => postal.headers.find((header) => header.key === key)?.value;
  assert.equal(value('auto-submitted'), 'auto-generated');
  assert.equal(value('x-auto-response-suppress'), 'OOF, AutoReply');
});

test('no line with an encoded word is longer than 76 characters, the name of the field counted (RFC 2047 2)', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (subject, name, file) => {
      const from = { name: `ü${name}`, address: 'billing@acme.example' };
      const raw = await composeMessage(sampleIngredients({ subject: `ü${subject}`, from }), [part(`ü${file}`)]);
      for (const line of raw.toString('latin1').split('\r\n')) {
        if (/=\?UTF-8\?B\?[^?]*\?=/.test(line)) assert.ok(line.length <= 76, line);
      }
    }),
  );
});

const nameFields = async (name: string): Promise<string> => {
  const raw = (await composeMessage(sampleIngredients(), [part(name)])).toString('latin1');
  return raw.slice(raw.indexOf('Content-Type: application/pdf'), raw.indexOf('Content-Transfer-Encoding: base64'));
};

test('a file name in ASCII is one quoted string up to 120 characters, without a stand-in', async () => {
  const name = `${'Statement of account '.repeat(5)}0123456789.pdf`;
  assert.equal(
    await nameFields(name),
    `Content-Type: application/pdf;\r\n name="${name}"\r\nContent-Disposition: attachment;\r\n filename="${name}"\r\n`,
  );
});

test('a file name that looks like an encoded word is encoded, and comes back as it is', async () => {
  const name = '=?UTF-8?Q?evil=2Eexe?=.pdf';
  assert.doesNotMatch(await nameFields(name), /=\?UTF-8\?Q/);
  // The other reader decodes what is decoded already.
  const { nodemailer } = await readBack(sampleIngredients(), [part(name)]);
  assert.equal(nodemailer.attachments[0]?.filename, name);
});

test('with binary parts it is the same message, and every attachment is there octet for octet', async () => {
  const ingredients = sampleIngredients();
  const attachments = [
    part('One.pdf', randomBytes(5_000)),
    part('Two.bin', Buffer.from('\r\n.\r\n--\r\n')),
    part('Empty.bin', Buffer.alloc(0)),
  ];
  const layout = layOut(ingredients, attachments, 'binary');
  const binary = Buffer.alloc(layout.size);
  composeInto(binary, layout);
  const [of, split] = ['base64', 'binary'].map((encoding) => `Content-Transfer-Encoding: ${encoding}\r\n\r\n`);
  // RFC 2046 5.1.1: up to the line end before the boundary. Read strictly: readers at hand take binary parts for lines.
  const boundary = /boundary="(=_mixed_[^"]*)"/.exec(binary.toString('latin1'))![1]!;
  const back = binary
    .toString('latin1')
    .split(`\r\n--${boundary}`)
    .flatMap((text) =>
      text.includes(split!) ? [Buffer.from(text.slice(text.indexOf(split!) + split!.length), 'latin1')] : [],
    );
  assert.deepEqual(back, await Promise.all(attachments.map(async (one) => Buffer.from(await bytesOf(one)))));
  const whole = (await composeMessage(ingredients, attachments)).toString('latin1');
  const head = whole.slice(0, whole.indexOf(of!));
  assert.equal(binary.toString('latin1', 0, head.length), head);
});
