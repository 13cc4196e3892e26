import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCharset } from './charset.ts';
import { readContentType } from './content-type.ts';
import { decodeWords } from './encoded-words.ts';
import { fieldOf, readHeader, splitHeader } from './header.ts';
import { htmlToText } from './html.ts';
import { limits } from './limits.ts';
import { readLines } from './lines.ts';
import { openMail, type Part } from './part.ts';
import { decodeTransfer } from './transfer-encoding.ts';

const binary = (text: string): string => Buffer.from(text).toString('latin1');

test('every line end becomes LF, and every byte one character', () => {
  assert.equal(readLines(Buffer.from('a\r\nb\rc\nd')), 'a\nb\nc\nd');
  assert.equal(readLines(Uint8Array.of(0xff, 0x0d)), '\u00ff\n');
});

test('a view into a larger buffer is read alone', () => {
  assert.equal(readLines(Buffer.from('before inside after').subarray(7, 13)), 'inside');
});

test('what stands behind the limit is not read', () => {
  assert.equal(readLines(Buffer.alloc(limits.bytes + 1000, 'a')).length, limits.bytes);
});

test('a field may be folded, repeated, and have blanks before its colon', () => {
  const header = readHeader('Subject: one\n two\nStatus : 5.1.1\nreceived: a\nReceived: b');
  assert.equal(fieldOf(header, 'subject'), 'one two');
  assert.equal(fieldOf(header, 'status'), '5.1.1');
  assert.deepEqual(header.get('received'), ['a', 'b']);
});

test('a parameter on a line of its own belongs to its field, though the blank before it is missing', () => {
  assert.equal(
    fieldOf(readHeader('Content-Type: multipart/mixed;\nboundary="x"'), 'content-type'),
    'multipart/mixed; boundary="x"',
  );
});

test('lines that are no fields are skipped, the first line of an mbox too', () => {
  assert.deepEqual([...readHeader('From a@b Mon Jan 1\nnonsense\nTo: c').keys()], ['to']);
});

test('blank lines before the header do not end it', () => {
  assert.deepEqual(splitHeader('\n \nA: b\n\nbody\n\nmore'), { block: 'A: b', body: 'body\n\nmore' });
  assert.deepEqual(splitHeader('A: b'), { block: 'A: b', body: '' });
});

test('a content type is read with its parameters, quoted or not', () => {
  const { type, parameters } = readContentType('Multipart/Report; report-type=delivery-status; boundary="a;\\"b"');
  assert.equal(type, 'multipart/report');
  assert.deepEqual(
    [...parameters],
    [
      ['report-type', 'delivery-status'],
      ['boundary', 'a;"b'],
    ],
  );
});

test('what is no content type is text', () => {
  for (const value of [undefined, '', 'text', '; charset=x']) assert.equal(readContentType(value).type, 'text/plain');
});

test('quoted-printable and base64 are decoded, and broken ones as far as they go', () => {
  assert.equal(decodeTransfer('a=3Db =\nc=C3=A4 \n=zz', 'Quoted-Printable'), `a=b c${binary('ä')}\n=zz`);
  assert.equal(decodeTransfer('aGVs\nbG8K*', 'BASE64'), 'hello\n');
  assert.equal(decodeTransfer('as it is', 'x-none'), 'as it is');
});

test('text is read in its charset, and guessed where that is missing, wrong or unknown', () => {
  assert.equal(decodeCharset(binary('ä'), 'utf-8'), 'ä');
  assert.equal(decodeCharset('\u00e4', 'iso-8859-1'), 'ä');
  for (const label of [undefined, 'us-ascii', 'x-nothing']) {
    assert.equal(decodeCharset(binary('ä'), label), 'ä');
    assert.equal(decodeCharset('\u00e4', label), 'ä');
  }
});

test('a charset of seven bits is read too', () => {
  assert.equal(decodeCharset('\u001b$B$"\u001b(B', 'iso-2022-jp'), 'あ');
});

test('encoded words become text, split ones without a gap', () => {
  assert.equal(decodeWords('=?utf-8?Q?Zur=C3=BCck?= =?UTF-8?B?IQ==?='), 'Zurück!');
  assert.equal(decodeWords('=?iso-8859-1*de?Q?a_=E4?= b'), 'a ä b');
  assert.equal(decodeWords('=?broken'), '=?broken');
});

const types = (part: Part): unknown => (part.parts.length > 0 ? { [part.type]: part.parts.map(types) } : part.type);

const nested = `Content-Type: multipart/report; boundary="o"

for old programs
--o
Content-Type: multipart/alternative; boundary=oi

--oi
Content-Type: text/plain

words
--oi
Content-Type: text/html

<p>words
--oi--
--o
Content-Type: message/rfc822

Content-Type: multipart/mixed; boundary=z

--z

inside
--z--
--o--
after
`;

test('parts are opened, a returned message is not', () => {
  assert.deepEqual(types(openMail(nested)), {
    'multipart/report': [{ 'multipart/alternative': ['text/plain', 'text/html'] }, 'message/rfc822'],
  });
});

test('a mail that ends too early keeps the parts that came', () => {
  assert.deepEqual(types(openMail(nested.slice(0, nested.indexOf('<p>')))), {
    'multipart/report': [{ 'multipart/alternative': ['text/plain', 'text/html'] }],
  });
});

test('a part without a header is text', () => {
  const { parts } = openMail('Content-Type: multipart/mixed; boundary=x\n\n--x\n\nNo: header\n--x--\n');
  assert.equal(parts[0]!.type, 'text/plain');
  assert.equal(parts[0]!.body, 'No: header\n');
});

test('a mail whose type is lost, or names another boundary, is opened by the boundary that is there', () => {
  for (const type of ['', 'Content-Type: multipart/report; boundary=other\n', 'Content-Type: multipart/mx6d;\n']) {
    const mail = `Subject: x\n${type}\nThis is a MIME-encapsulated message.\n\n--real\nContent-Type: text/plain\n\nwords\n--real--\n`;
    assert.equal(openMail(mail).parts.length, 1, type);
  }
});

test('a text that shows a mail with parts stays one text', () => {
  const shown = `Subject: x\n\n${'Your message came back. '.repeat(40)}\n\n--real\nContent-Type: text/plain\n\nwords\n--real--\n`;
  assert.equal(openMail(shown).parts.length, 0);
});

test('parts within parts are opened to a depth, and only so many', () => {
  const deep = 'Content-Type: multipart/mixed; boundary=x\n\n--x\n'.repeat(1000);
  const depthOf = (part: Part): number => 1 + Math.max(0, ...part.parts.map(depthOf));
  assert.ok(depthOf(openMail(deep)) <= limits.depth + 1);
  const many = `Content-Type: multipart/mixed; boundary=x\n\n${'--x\n\na\n'.repeat(5000)}`;
  assert.equal(openMail(many).parts.length, limits.parts);
});

test('HTML is read as lines of words; an address in brackets stays', () => {
  const html =
    '<html><head><title>t</title><style>p {}</style></head><body><p>a&nbsp;&lt;b&gt;<br>c</p><!-- no --><a@b.example></body>';
  assert.deepEqual(htmlToText(html).trim().split(/\n+/), ['a <b>', 'c', '<a@b.example>']);
});

test('HTML that ends within a tag or an element is still read', () => {
  assert.equal(htmlToText('words<style>p {').trim().startsWith('words'), true);
  assert.equal(htmlToText('&#0;&#x110000;&unknown;').trim(), '&unknown;');
});
