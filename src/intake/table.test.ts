// Tests of reading tables as spreadsheets and business systems write them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeText } from './text-decoding.ts';
import { readTable } from './table.ts';

test('the header tells the delimiter: comma, semicolon, tab or bar', () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const table = readTable(['customer,name', '01-ABF,Bresslers'].join('\n').replaceAll(',', delimiter));
    assert.equal(table.delimiter, delimiter);
    assert.deepEqual(table.rows, [{ line: 2, cells: { customer: '01-ABF', name: 'Bresslers' } }]);
  }
});

test('a delimiter inside a quoted column name does not count', () => {
  assert.deepEqual(readTable('"a,b,c";"d"\n1;2').header, ['a,b,c', 'd']);
});

test('the line by which Excel says its delimiter is believed and is no header', () => {
  const table = readTable('sep=;\r\na,b;c\r\n1;2\r\n');
  assert.deepEqual(table.header, ['a,b', 'c']);
  assert.deepEqual(table.rows, [{ line: 3, cells: { 'a,b': '1', c: '2' } }]);
});

test('column names are taken without blanks and case, cells keep leading zeros and lose blanks around', () => {
  const { header, rows } = readTable(' Customer , NAME\n 0007 ,\u00a0 Ann \n');
  assert.deepEqual(header, ['customer', 'name']);
  assert.deepEqual(rows[0]?.cells, { customer: '0007', name: 'Ann' });
});

test('a quoted field may have line breaks, delimiters and doubled quotation marks, and lines are still counted right', () => {
  const { rows } = readTable('a,b\r\n1,"x\r\n""y"", z"\r\n\r\n3, "q" \r\n');
  assert.deepEqual(rows, [
    { line: 2, cells: { a: '1', b: 'x\n"y", z' } },
    { line: 5, cells: { a: '3', b: 'q' } },
  ]);
});

test('a quotation mark inside an unquoted field is an inch sign', () => {
  assert.equal(readTable('a,b\n1,5" pipe\n').rows[0]?.cells['b'], '5" pipe');
});

test('old Macintosh line ends are line ends', () => {
  assert.equal(readTable('a,b\r1,2\r3,4').rows.length, 2);
});

test('rows with too many or too few fields are faults with their line, and the rest goes on', () => {
  const { rows, faults } = readTable('a,b\n1\n2,x\n3,Acme, Inc.\n4,y\n');
  assert.deepEqual(
    rows.map(({ cells }) => cells['a']),
    ['2', '4'],
  );
  assert.deepEqual(
    faults.map(({ line, values }) => ({ line, values })),
    [
      { line: 2, values: ['1'] },
      { line: 4, values: ['3', 'Acme', 'Inc.'] },
    ],
  );
  assert.match(faults[0]?.detail ?? '', /only 1 of 2 fields/);
  assert.match(faults[1]?.detail ?? '', /3 fields .* quotation marks/);
});

test('empty fields behind the last column, and rows of nothing but delimiters, are what spreadsheets leave', () => {
  const { rows, faults } = readTable('a,b\n1,2,,,\n,,,\n\n3,4\n');
  assert.deepEqual({ rows: rows.length, faults }, { rows: 2, faults: [] });
});

test('a quotation mark that is never closed costs its own line only', () => {
  const { rows, faults } = readTable('a,b\n1,"Bob\n\n3,4\n5,"ok"\n6,"Ann" Smith\n7,8\n');
  assert.deepEqual(
    rows.map(({ line, cells }) => [line, cells['a']]),
    [
      [4, '3'],
      [5, '5'],
      [7, '7'],
    ],
  );
  assert.deepEqual(
    faults.map(({ line, detail }) => [line, detail]),
    [
      [2, 'a quotation mark is not closed at the end of its field'],
      [6, 'a quotation mark is not closed at the end of its field'],
    ],
  );
});

test('a file in which no quotation mark fits is given up with a word, not read for ever', () => {
  const { faults } = readTable(`a,b\n${'1,"x" y\n'.repeat(5000)}`);
  assert.equal(faults.length, 101);
  assert.match(faults.at(-1)?.detail ?? '', /all behind it were not read/);
});

test('a name that stands twice in the header is told', () => {
  assert.deepEqual(readTable('email,name,Email\n1,2,3').repeated, ['email']);
});

test('nothing at all is an empty table', () => {
  for (const text of ['', '\n', ' \r\n\r\n']) assert.deepEqual(readTable(text).header, [], JSON.stringify(text));
});

test('a table as Excel in Germany saves it: Windows-1252, semicolons, decimal commas', () => {
  const bytes = Buffer.from('Kunde;Name;Ort;Betrag\r\n10023;Müller & Söhne;Köln;1.234,56\r\n', 'latin1');
  const { rows } = readTable(decodeText(bytes).text);
  assert.deepEqual(rows[0]?.cells, { kunde: '10023', name: 'Müller & Söhne', ort: 'Köln', betrag: '1.234,56' });
});

test('5,000 rows are read, each on its line', () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `INV${at}.pdf,invoice,${at},01-ABF,"two\nlines"`);
  const { rows, faults } = readTable(`file,type,number,customer,note\n${lines.join('\n')}\n`);
  assert.equal(faults.length, 0);
  assert.equal(rows.length, 5000);
  assert.equal(rows.at(-1)?.line, 2 + 4999 * 2);
});

test('whatever was written with quotation marks is read back the same', () => {
  const cell = fc
    .string({ unit: fc.constantFrom('a', '0', ' ', '"', ',', ';', '\t', '\n', 'ü', '|') })
    .map((text) => text.trim());
  const row = fc.tuple(fc.stringMatching(/^[a-z0]{1,4}$/), cell, cell);
  const delimiter = fc.constantFrom(',', ';', '\t', '|');
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), delimiter, fc.constantFrom('\n', '\r\n'), (rows, mark, end) => {
      const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const text = [['x', 'y', 'z'], ...rows].map((cells) => cells.map(quote).join(mark)).join(end);
      const table = readTable(text);
      assert.deepEqual(table.faults, []);
      assert.deepEqual(
        table.rows.map(({ cells }) => [cells['x'], cells['y'], cells['z']]),
        rows,
      );
    }),
  );
});

test('no text makes it throw', () => {
  const wild = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', ' ', '\r', '\0') });
  fc.assert(fc.property(wild, (text) => assert.ok(readTable(text).faults.length >= 0)));
});

test('without quotation marks every line with something in it is one row or one fault', () => {
  const wild = fc.string({ unit: fc.constantFrom('a', 'b', ',', ';', '\n', ' ', '\r') });
  fc.assert(
    fc.property(wild, (text) => {
      const filled = text.split(/\r\n|\r|\n/).filter((line) => /[^\s,]/.test(line)).length;
      const { rows, faults } = readTable(`x,y\n${text}`);
      assert.equal(rows.length + faults.length, filled);
    }),
  );
});
