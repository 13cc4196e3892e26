// Tests of reading manifests in all formats.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifest } from './read.ts';

const read = (text: string, file = 'run.csv', encoding: BufferEncoding = 'utf8'): ReturnType<typeof readManifest> =>
  readManifest(Buffer.from(text, encoding), file);

const full = {
  row: 1,
  file: 'INV0000123.pdf',
  type: 'invoice',
  number: '0000123',
  customer: '01-ABF',
  date: '2026-11-24',
  due: '2026-12-24',
  company: 'ACME',
  name: 'American Business Futures',
  amount: '1234.50',
  currency: 'USD',
  po: '4711',
  salesperson: '0100',
  language: 'en',
  note: 'Thank you.\nSee you.',
  subject: 'Your invoice',
  group: 'g1',
  key: 'k1',
  email: ['ap@abf.example', 'cfo@abf.example'],
  fax: ['+1 414 555 0134', '414-555-0135'],
};

const documents = [
  {
    ...full,
    amount: '1,234.50',
    date: '11/24/2026',
    due: '24.12.2026',
    email: 'ap@abf.example; cfo@abf.example',
    fax: '+1 414 555 0134; 414-555-0135',
  },
].map(({ row: _row, ...document }) => document);

test('CSV, JSON and XML of one document give the same row', () => {
  const [document = {}] = documents;
  const csv = `${Object.keys(document).join(',')}\n${Object.values(document)
    .map((value) => `"${String(value)}"`)
    .join(',')}`;
  const json = JSON.stringify({ documents: [{ ...document, email: full.email, fax: full.fax }] });
  const attributes = Object.entries(document).map(
    ([name, value]) => `${name}="${String(value).replace('\n', '&#10;')}"`,
  );
  const children = Object.entries(document).map(([name, value]) => `<${name}>${String(value)}</${name}>`);
  assert.deepEqual(read(csv).rows, [full]);
  assert.deepEqual(read(json, 'run.json').rows, [full]);
  assert.deepEqual(read(`<documents><document ${attributes.join(' ')}/></documents>`, 'run.xml').rows, [full]);
  assert.deepEqual(read(`<documents><document>${children.join('\n')}</document></documents>`, 'run.xml').rows, [full]);
});

test('only the four mandatory columns are needed, in any order and case', () => {
  const { rows, unknownColumns } = read('Customer;NUMBER;Route;file;Type\n01-ABF;7;x;a.pdf;invoice\n');
  const [row] = rows;
  assert.deepEqual(
    {
      file: row?.file,
      type: row?.type,
      number: row?.number,
      customer: row?.customer,
      date: row?.date,
      email: row?.email,
    },
    { file: 'a.pdf', type: 'invoice', number: '7', customer: '01-ABF', date: null, email: [] },
  );
  assert.deepEqual(unknownColumns, ['route']);
});

test('a manifest of a German system: Windows-1252, semicolons, decimal commas, quoted line breaks', () => {
  const { rows } = read(
    'file;type;number;customer;name;date;amount;note\r\nR-1.pdf;invoice;R-1;10023;Müller & Söhne;24.11.2026;1.234,56;"Danke.\r\nBis bald."\r\n',
    'lauf.csv',
    'latin1',
  );
  const { name, date, amount, note } = rows[0] ?? {};
  assert.deepEqual(
    { name, date, amount, note },
    {
      name: 'Müller & Söhne',
      date: '2026-11-24',
      amount: '1234.56',
      note: 'Danke.\nBis bald.',
    },
  );
});

test('a document without number or customer is taken: later checks say what it lacks', () => {
  const [row] = read('file,type,number,customer,email\na.pdf,letter,,,ann@example.com\n').rows;
  assert.deepEqual([row?.number, row?.customer, row?.email], ['', '', ['ann@example.com']]);
});

test('the format is told by the extension, else by the content', () => {
  const csv = 'file,type,number,customer\na.pdf,invoice,1,c\n';
  const json = '\ufeff [{"file":"a.pdf","type":"invoice","number":"1","customer":"c"}]';
  const xml = '<?xml version="1.0"?>\n<documents><document file="a" type="i" number="1" customer="c"/></documents>';
  const formats = [csv, json, xml].map((text) => read(text, 'run.dat').format);
  assert.deepEqual(formats, ['csv', 'json', 'xml']);
  assert.equal(read(json, 'RUN.JSON').rows.length, 1);
});

test('a missing mandatory column is refused with the name of the column and of the manifest', () => {
  const refused = {
    code: 'OBX011',
    kind: 'usage',
    message: 'The manifest run.csv can not be read: the column number, customer is missing',
  };
  assert.throws(() => read('file,type\na.pdf,invoice\n'), refused);
  assert.throws(() => read('[{"file":"a.pdf","type":"invoice"}]', 'run.json'), { code: 'OBX011' });
  assert.throws(() => read('', 'run.csv'), { message: /there is nothing in it/ });
  assert.throws(() => read('file,type,number,customer,FILE\n', 'run.csv'), { message: /file stands twice/ });
});

test('a control character in any field but the note refuses the row, whatever the format', () => {
  for (const column of [
    'file',
    'type',
    'number',
    'customer',
    'name',
    'email',
    'fax',
    'subject',
    'key',
    'po',
    'group',
  ]) {
    const row = { file: 'a.pdf', type: 'invoice', number: '1', customer: 'c', [column]: 'x\r\nBcc: evil@example.com' };
    const { rows, refused } = read(JSON.stringify([row, { ...row, [column]: 'good' }]), 'run.json');
    assert.deepEqual([rows.map((each) => each.row), refused.map((each) => each.row)], [[2], [1]], column);
    assert.match(refused[0]?.detail ?? '', new RegExp(`^${column} holds a control character`));
  }
  for (const reference of ['&#0;', '&#7;', '&#10;', '&#x0D;']) {
    const xml = `<documents><document file="a" type="i" number="1" customer="c" subject="a${reference}b"/></documents>`;
    assert.match(read(xml, 'run.xml').refused[0]?.detail ?? '', /^subject holds a control character/, reference);
  }
  assert.equal(read('file,type,number,customer,subject\na,b,1,c,"x\ny"\n').refused.length, 1);
});

test('a note may have lines, but no other control characters', () => {
  const note = (text: string): ReturnType<typeof read> =>
    read(JSON.stringify([{ file: 'a', type: 'b', number: '1', customer: 'c', note: text }]), 'run.json');
  assert.equal(note('one\r\ntwo\tthree').rows[0]?.note, 'one\ntwo\tthree');
  assert.match(note('one\0two').refused[0]?.detail ?? '', /^note holds a control character/);
});

test('bad dates and amounts refuse their row and say what is expected; the rest goes on', () => {
  const { rows, refused } = read(
    'file,type,number,customer,date,amount\na,b,1,c,31.02.2026,1\na,b,2,c,,1.234\n,b,3,c,,\na,b,4,c\na,b,5,c,,"9,50"\n',
  );
  assert.deepEqual(
    rows.map(({ row, amount }) => [row, amount]),
    [[5, '9.50']],
  );
  assert.deepEqual(
    refused.map(({ row }) => row),
    [1, 2, 3, 4],
  );
  assert.match(refused[0]?.detail ?? '', /^date "31.02.2026"/);
  assert.match(refused[0]?.hint ?? '', /2026-11-24.*month first/);
  assert.match(refused[1]?.detail ?? '', /^amount "1.234"/);
  assert.equal(refused[2]?.detail, 'file is empty');
  assert.match(refused[3]?.detail ?? '', /^line 5: it has only 4 of 6 fields/);
});

test('the last row may be the total, with or without the empty fields that a spreadsheet adds', () => {
  const header = 'file;type;number;customer;amount\na;b;1;c;10,00\n';
  for (const last of ['#total;1;10,00', '"#TOTAL";"1";"10,00"', '#total;1;10,00;;', '#total;1;10,00\n\n']) {
    const { rows, refused, total } = read(header + last);
    assert.deepEqual(
      { rows: rows.length, refused, total },
      { rows: 1, refused: [], total: { count: 1, amount: '10.00' } },
      last,
    );
  }
  assert.deepEqual(read(`${header}#total;1\n`).total, { count: 1, amount: null });
});

test('a total that stands before other rows, or is no number, is told', () => {
  const header = 'file,type,number,customer\n';
  const { rows, refused, total } = read(`${header}#total,1,\na,b,1,c\n`);
  assert.deepEqual({ rows: rows.length, total }, { rows: 1, total: null });
  assert.match(refused[0]?.detail ?? '', /line 2: the #total row is not the last/);
  assert.throws(() => read(`${header}a,b,1,c\n#total,one,\n`), { code: 'OBX011', message: /the count "one"/ });
  assert.throws(() => read(`${header}a,b,1,c\n#total,1,ten\n`), { code: 'OBX011', message: /the amount "ten"/ });
});

test('numbers in JSON keep their digits, and the total is read', () => {
  const { rows, total } = read(
    '{"documents":[{"file":"a","type":"b","number":123,"customer":7,"amount":12345678901234567.10}],"total":{"count":1,"amount":12345678901234567.10}}',
    'run.json',
  );
  const { number, customer, amount } = rows[0] ?? {};
  assert.deepEqual({ number, customer, amount }, { number: '123', customer: '7', amount: '12345678901234567.10' });
  assert.deepEqual(total, { count: 1, amount: '12345678901234567.10' });
});

test('JSON that is none, or of another form, is refused with what to write', () => {
  for (const text of ['{', '{"docs":[]}', '12', 'null', '{"documents":{}}', '{"documents":[],"total":5}']) {
    assert.throws(() => read(text, 'run.json'), { code: 'OBX011' }, text);
  }
  const { refused, rows } = read(
    '[7,{"file":{"a":1},"type":"b","number":"1","customer":"c"},{"file":"a","type":"b","number":"1","customer":"c"}]',
    'run.json',
  );
  assert.deepEqual([refused.map(({ row }) => row), rows.map(({ row }) => row)], [[1, 2], [3]]);
});

test('XML entities and CDATA are read, several addresses may be elements of their own', () => {
  const { rows, total } = read(
    `<?xml version="1.0" encoding="ISO-8859-1"?><documents><document file="a&amp;b.pdf" type="invoice"><number>007</number>
    <customer>01</customer><name>M\xfcller &#38; S&#246;hne</name><note><![CDATA[5 < 6 &amp; so on]]></note>
    <email>a@x.example</email><email>b@x.example</email></document><total count="1" amount="5.00"/></documents>`,
    'run.xml',
    'latin1',
  );
  const { file, number, name, note, email } = rows[0] ?? {};
  assert.deepEqual(
    { file, number, name, note, email },
    {
      file: 'a&b.pdf',
      number: '007',
      name: 'Müller & Söhne',
      note: '5 < 6 &amp; so on',
      email: ['a@x.example', 'b@x.example'],
    },
  );
  assert.deepEqual(total, { count: 1, amount: '5.00' });
});

test('XML with a document type definition, or not well formed, or of another form, is refused', () => {
  const bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><documents><document file="&b;"/></documents>';
  const outside = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><documents/>';
  for (const text of [
    bomb,
    outside,
    '<documents>\n<document>',
    '<orders/>',
    '<documents>text</documents>',
    'x',
    '',
    '<documents><document file="&uuml;"/></documents>',
  ]) {
    assert.throws(() => read(text, 'run.xml'), { code: 'OBX011' }, text);
  }
  assert.throws(() => read('<documents>\n<document></documents>', 'run.xml'), { message: /line 2/ });
  assert.throws(() => read(`${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`, 'run.xml'), { code: 'OBX011' });
  const { refused } = read(
    '<documents><document file="a" type="b" number="1" customer="c"><name><x/></name></document></documents>',
    'run.xml',
  );
  assert.match(refused[0]?.detail ?? '', /^name has elements inside/);
});

test('a run of no documents is said to be empty, unless its total says that it is', () => {
  assert.throws(() => read('{"documents":[]}', 'run.json'), { message: /there is nothing in it/ });
  assert.deepEqual(read('<documents><total count="0"/></documents>', 'run.xml').total, { count: 0, amount: null });
  assert.throws(() => read('file,type,number,customer\n'), { message: /there is no document in it/ });
  assert.deepEqual(read('file,type,number,customer\n#total,0,\n').rows, []);
});

test('5,000 rows are read', () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `INV${at}.pdf,invoice,${at},01-ABF,10.01`);
  const { rows, total } = read(`file,type,number,customer,amount\n${lines.join('\n')}\n#total,5000,"50,050.00"\n`);
  assert.deepEqual([rows.length, total], [5000, { count: 5000, amount: '50050.00' }]);
});
