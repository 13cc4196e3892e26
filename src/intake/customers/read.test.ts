// Tests of reading customer files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomerFile, CustomerProfile } from './customer-row.ts';
import { readCustomerFile } from './read.ts';

const read = (text: string, profile: CustomerProfile | null = null, encoding: BufferEncoding = 'utf8'): CustomerFile =>
  readCustomerFile(Buffer.from(text, encoding), profile, 'customers.csv');

test('all our columns are read, with a byte order mark and in any order', () => {
  const { rows, profile, refused, unknownColumns } = read(
    '\ufeffName,CUSTOMER,email,fax,cc,bcc,salesperson,language,timezone,class,deliver,Phone\r\n' +
      '"Bresslers, Inc.",007,ap@b.example; cfo@b.example,+1 414 555 0134; 414-555-0135,c@b.example,,0100,de,Europe/Berlin,A,"default=email,fax; statement=fax",1\r\n',
  );
  assert.deepEqual({ profile, refused, unknownColumns }, { profile: 'plain', refused: [], unknownColumns: ['phone'] });
  assert.deepEqual(rows, [
    {
      line: 2,
      customer: '007',
      fields: {
        name: 'Bresslers, Inc.',
        email: ['ap@b.example', 'cfo@b.example'],
        fax: ['+1 414 555 0134', '414-555-0135'],
        cc: ['c@b.example'],
        bcc: [],
        salesperson: '0100',
        language: 'de',
        timeZone: 'Europe/Berlin',
        class: 'A',
        deliver: { default: ['email', 'fax'], statement: ['fax'] },
      },
    },
  ]);
});

test('only fields with a column are there; an empty cell is an empty value', () => {
  assert.deepEqual(read('customer;name;language;fax\n1;Ann;;\n').rows[0]?.fields, {
    name: 'Ann',
    language: null,
    fax: [],
  });
});

test('a file of a German system: Windows-1252 and semicolons', () => {
  const { rows } = read('customer;name\r\n10023;M\xfcller & S\xf6hne GmbH\r\n', null, 'latin1');
  assert.equal(rows[0]?.fields.name, 'Müller & Söhne GmbH');
});

test('AR_Customer of Sage 100 is known by its header; division and number make the customer number', () => {
  const { rows, profile, refused, unknownColumns } = read(
    [
      'ARDivisionNo\tCustomerNo\tCustomerName\tTelephoneNo\tFaxNo\tEmailAddress\tBatchFax\tSalespersonDivisionNo\tSalespersonNo',
      '01\tABF\tAmerican Business Futures\t(414) 555-4787\t(414) 555-0134\tartie@abf.example\tN\t01\t0100',
      "2\t0000123\tAllen's Appliance Repair\t\t4145550135\t\tY\t\t",
      '\tX\tNo Division\t\t\t\t\t\t',
    ].join('\r\n'),
  );
  assert.deepEqual({ profile, unknownColumns }, { profile: 'sage100', unknownColumns: ['telephoneno'] });
  assert.deepEqual(refused, [{ line: 4, detail: 'ARDivisionNo is empty: without divisions it is 00' }]);
  assert.deepEqual(rows, [
    {
      line: 2,
      customer: '01-ABF',
      fields: {
        name: 'American Business Futures',
        email: ['artie@abf.example'],
        fax: ['(414) 555-0134'],
        salesperson: '01-0100',
        deliver: {},
      },
    },
    {
      line: 3,
      customer: '02-0000123',
      fields: {
        name: "Allen's Appliance Repair",
        email: [],
        fax: ['4145550135'],
        salesperson: null,
        deliver: { default: ['fax', 'email'] },
      },
    },
  ]);
});

test('a Sage 100 file of two columns leaves all other fields alone, also with the name of the table before its columns', () => {
  const expected = [{ line: 2, customer: '00-0042', fields: { email: ['a@b.example'] } }];
  const text = 'AR_Customer.ARDivisionNo,AR_Customer.CustomerNo,AR_Customer.EmailAddress\n00,0042,a@b.example\n';
  assert.deepEqual(read(text).rows, expected);
  assert.deepEqual(read(text, 'sage100').rows, expected);
});

test('a row without number, with a control character or a bad rule is refused with its line; the rest goes on', () => {
  const { rows, refused } = read(
    'customer,name,deliver\n,Nobody,\n1,"two\nlines",\n2,Ann,default=pigeon\n3,Bob\n4,Eve,email\n',
  );
  assert.deepEqual(
    rows.map(({ line, customer }) => [line, customer]),
    [[7, '4']],
  );
  assert.deepEqual(
    refused.map(({ line }) => line),
    [2, 3, 5, 6],
  );
  assert.equal(refused[0]?.detail, 'it has no customer number');
  assert.match(refused[1]?.detail ?? '', /^name holds a control character/);
  assert.match(refused[2]?.detail ?? '', /^deliver: "pigeon" is no channel/);
  assert.match(refused[3]?.detail ?? '', /only 2 of 3 fields/);
});

test('a file without the mandatory columns, or with one twice, is refused with what to write', () => {
  assert.throws(() => read('name,email\nAnn,a@b.example\n'), {
    code: 'OBX015',
    message: 'The customer file customers.csv can not be read: the column customer is missing',
    hint: /must name customer and name/,
  });
  assert.throws(() => read('customer,name,email,Email\n'), { code: 'OBX015', message: /email stands twice/ });
  assert.throws(() => read('customer,name\n1,Ann\n', 'sage100'), {
    code: 'OBX015',
    message: /ardivisionno, customerno/,
  });
  assert.throws(() => read(''), { code: 'OBX015', message: /there is nothing in it/ });
});

test('a control character in a column that is not read does no harm', () => {
  assert.equal(read('customer,name,remarks\n1,Ann,"two\nlines"\n').rows.length, 1);
});

test('5,000 customers are read', () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `${at},Customer ${at},c${at}@example.com`);
  assert.equal(read(`customer,name,email\n${lines.join('\n')}\n`).rows.length, 5000);
});
