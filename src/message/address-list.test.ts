import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readEmailList, readFaxList } from './address-list.ts';
import { checkEmailAddress } from './email-address.ts';

suite('several email addresses in one field', () => {
  for (const [written, addresses] of [
    ['a@x.example; b@y.example', ['a@x.example', 'b@y.example']],
    ['a@x.example,b@y.example;', ['a@x.example', 'b@y.example']],
    ['a@x.example b@y.example', ['a@x.example', 'b@y.example']],
    ['a@x.example\nb@y.example', ['a@x.example', 'b@y.example']],
    ['\u00a0a@x.example\u00a0', ['a@x.example']],
    ['a@x.example\u200b', ['a@x.example']],
    ['Ann <a@x.example>', ['a@x.example']],
    ['"Smith, Bob" <b@x.example>', ['b@x.example']],
    ['Ann <a@x.example> Bob <b@y.example>', ['a@x.example', 'b@y.example']],
    ['<a@x.example>;<b@y.example>', ['a@x.example', 'b@y.example']],
    ['"a@x.example"', ['a@x.example']],
    ["'a@x.example'", ['a@x.example']],
    ['mailto:a@x.example', ['a@x.example']],
    ['MAILTO: a@x.example', ['a@x.example']],
    ['Ann <mailto:a@x.example>', ['a@x.example']],
    ['a@x.example (AP)', ['a@x.example']],
    ['(AP) a@x.example', ['a@x.example']],
    ['a@x.example (AP); b@y.example (owner)', ['a@x.example', 'b@y.example']],
    ['a@x.example (Smith, AP)', ['a@x.example']],
    ['a@x.example <A@x.example>', ['A@x.example']],
    ['"ann@home" <a@x.example>', ['a@x.example']],
    ['N/A', []],
    ['n/a', []],
    ['none', []],
    ['None.', []],
    ['-', []],
    ['--', []],
    ['–', []],
    ['', []],
    ['a@x.example; N/A', ['a@x.example']],
  ] as const) {
    test(JSON.stringify(written), () => assert.deepEqual(readEmailList(written), addresses));
  }

  for (const written of [
    'call Ann',
    'a@x.example or Bob',
    'Ann a@x.example',
    'a@x.example/b@y.example',
    'none@',
    'Ann <a@x.example> b@y.example <c@z.example>',
    'see mailto:a@x.example',
    'a @x.example',
    '"a@x.example',
    'Ann <a@x.example',
  ]) {
    test(`${JSON.stringify(written)} is not guessed at: it can not be used, and stays as written`, () => {
      const read = readEmailList(written);
      assert.ok(
        read.some((address) => checkEmailAddress(address) !== null),
        JSON.stringify(read),
      );
    });
  }
});

test('numbers are separated by ; and line ends; a comma may be a pause', () => {
  assert.deepEqual(readFaxList('(404) 555-1212; 404-555-1213\n+1 404 555 1214'), [
    '(404) 555-1212',
    '404-555-1213',
    '+1 404 555 1214',
  ]);
  assert.deepEqual(readFaxList('9,,18665550100'), ['9,,18665550100']);
  for (const word of ['N/A', 'none', '-', '  ']) assert.deepEqual(readFaxList(word), []);
});
