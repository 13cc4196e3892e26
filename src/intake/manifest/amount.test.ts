// Tests of reading and adding amounts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addAmounts, readAmount, sameAmount } from './amount.ts';

test('amounts of every country become a decimal with a point', () => {
  const written: Record<string, string> = {
    '1234.56': '1234.56',
    '1,234.56': '1234.56',
    '1.234,56': '1234.56',
    '1 234,56': '1234.56',
    '1\u202f234,56': '1234.56',
    "1'234.56": '1234.56',
    '$1,234.56': '1234.56',
    '1.234,56 €': '1234.56',
    'USD 12.00': '12.00',
    '1,234': '1234',
    '1,234,567': '1234567',
    '1.234.567': '1234567',
    '12': '12',
    '12,5': '12.5',
    '.50': '0.50',
    '007.10': '7.10',
    '0.125': '0.125',
    '12345678901234567890.12': '12345678901234567890.12',
  };
  for (const [text, amount] of Object.entries(written)) assert.equal(readAmount(text, null), amount, text);
});

test('credits are negative: a minus before or behind, or parentheses', () => {
  for (const text of ['-12.00', '12.00-', '(12.00)', '($12.00)', '-$12.00', '\u221212.00', '- 12.00', '$(12.00)']) {
    assert.equal(readAmount(text, null), '-12.00', text);
  }
  assert.equal(readAmount('-0.00', null), '0.00');
});

test('what can be read in two ways is refused, unless the currency has three decimals', () => {
  assert.equal(readAmount('1.234', null), null);
  assert.equal(readAmount('1.234', 'USD'), null);
  assert.equal(readAmount('1.234', 'KWD'), '1.234');
  assert.equal(readAmount('1,234', 'KWD'), null);
});

test('what is no amount is refused', () => {
  for (const text of [
    '',
    '-',
    'abc',
    '12.00 dollars',
    '1,23,456.00',
    '1,234,56',
    '--5',
    '-5-',
    '(5',
    '1e5',
    '12..3',
    '.',
    ',',
    '$',
  ]) {
    assert.equal(readAmount(text, null), null, text);
  }
});

const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const written = (value: bigint, group: string, point: string): string => {
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, group);
  return `${value < 0n ? '-' : ''}${whole}${point}${digits.slice(-2)}`;
};

test('any amount of cents reads the same in American and German writing', () => {
  fc.assert(
    fc.property(cents, (value) => {
      const plain = written(value, '', '.');
      assert.equal(readAmount(written(value, ',', '.'), null), plain);
      assert.equal(readAmount(written(value, '.', ','), null), plain);
    }),
  );
});

test('sums are exact', () => {
  assert.equal(addAmounts(['0.10', '0.20', '-1']), '-0.70');
  assert.equal(addAmounts([]), '0');
  fc.assert(
    fc.property(fc.array(cents, { minLength: 1 }), (values) => {
      const sum = values.reduce((total, value) => total + value, 0n);
      assert.equal(addAmounts(values.map((value) => written(value, '', '.'))), written(sum, '', '.'));
    }),
  );
});

test('12 and 12.00 are the same amount, 12 and 12.01 are not', () => {
  assert.equal(sameAmount('12', '12.00'), true);
  assert.equal(sameAmount('-12.0', '-12.00'), true);
  assert.equal(sameAmount('12', '12.01'), false);
  assert.equal(sameAmount('-0.01', '0.01'), false);
});
