// Promises of reading YAML: lines are right, texts stay as written, nothing hostile gets through.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readYaml } from './yaml-tree.ts';

test('every key knows its line', () => {
  const tree = readYaml('company:\n  code: A\n\n  # remark\n  name: B\nrules:\n  - class: x\n  - class: y\n');
  assert.equal(tree.lineOf(['company', 'code']), 2);
  assert.equal(tree.lineOf(['company', 'name']), 5);
  assert.equal(tree.lineOf(['rules', 1]), 8);
  assert.equal(tree.lineOf(['company', 'fax']), null);
});

test('customer number 00123 stays 00123, as a key and as a value', () => {
  assert.deepEqual(readYaml('00123: 00456\n').value, { '00123': '00456' });
});

test('a number that YAML would print otherwise stays the text that was written', () => {
  assert.deepEqual(readYaml('[+13035550100, 1.0, 1e3, 0x10, 12345678901234567890, 25, 1.2, NO]').value, [
    '+13035550100',
    '1.0',
    '1e3',
    '0x10',
    '12345678901234567890',
    25,
    1.2,
    'NO',
  ]);
});

test('the same key twice is refused in its second line', () => {
  const [fault] = readYaml('a:\n  b: 1\n  b: 2\n').faults;
  assert.equal(fault?.line, 3);
  assert.deepEqual(fault?.path, ['a', 'b']);
});

const bomb = `a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n`;

for (const [what, text] of [
  ['an anchor', 'a: &x 1\n'],
  ['an alias', 'a: *x\n'],
  ['a bomb of aliases', bomb],
  ['a tag', 'a: !js 1\n'],
  ['a key that reaches for the prototype', '__proto__: { polluted: true }\n'],
  ['a list as a key', '? [a]\n: 1\n'],
  ['two documents', 'a: 1\n---\nb: 2\n'],
  ['tabs', 'a:\n\tb: 1\n'],
  ['an open quotation mark', 'a: "x\nb: 1\n'],
  ['brackets by the ten thousand', '['.repeat(50_000)],
  ['deep nesting', `${'a: {'.repeat(60)}x: 1${'}'.repeat(60)}`],
] as const) {
  test(`${what} is refused with a line`, () => {
    const { faults } = readYaml(text);
    assert.ok(faults.length > 0);
    assert.ok(faults.every(({ line, detail }) => line >= 1 && detail !== ''));
  });
}

test('whatever is in the file, it is read or refused, never thrown', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('ab:-[]{}"\'&*!|>#\n\t ?,%@0')) }),
      (text) => void readYaml(text),
    ),
  );
});

test('a fault of YAML never quotes the text, which may be a password', () => {
  const texts = [
    'p: *hunter2',
    'p: !hunter2 x',
    'p: &hunter2 x',
    'p: @hunter2',
    'p: "\\hunter2"',
    'p: a: hunter2',
    '%hunter2 x',
  ];
  for (const text of texts) {
    const { faults } = readYaml(text);
    assert.ok(faults.length > 0, text);
    assert.ok(!JSON.stringify(faults).includes('hunter2'), text);
  }
});
