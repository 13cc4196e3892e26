// Secrets in what a server says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formsOf, redactor } from './redactor.ts';

const blob = Buffer.from('\0clerk\0open sesame/7').toString('base64');
const redact = redactor([...formsOf('open sesame/7'), blob]);

for (const [said, shown] of [
  [`unrecognized command: AUTH PLAIN ${blob}`, 'unrecognized command: AUTH PLAIN (secret)'],
  [`unrecognized command: AUTH PLAIN ${blob.slice(0, 14)}...`, 'unrecognized command: AUTH PLAIN (secret)...'],
  [`UNKNOWN: ${blob.toUpperCase()}`, 'UNKNOWN: (secret)'],
  ['wrong password "open sesame/7" for clerk', 'wrong password "(secret)" for clerk'],
  ['see https://x.example/?p=open%20sesame%2F7&u=clerk', 'see https://x.example/?p=(secret)&u=clerk'],
  [`${formsOf('open sesame/7')[1]} twice ${formsOf('open sesame/7')[1]}`, '(secret) twice (secret)'],
  ['Authentication unsuccessful', 'Authentication unsuccessful'],
] as const) {
  test(`${said} is shown as ${shown}`, () => assert.equal(redact(said), shown));
}

test('a short secret is masked as a word and not inside others', () => {
  assert.equal(redactor(['ok'])('ok, looks broken: "ok"'), '(secret), looks broken: "(secret)"');
});

test('whatever secret is echoed wherever, it is not shown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 8 }), fc.string(), fc.string(), (secret, before, behind) => {
      fc.pre(!'(secret)'.includes(secret));
      for (const form of formsOf(secret))
        assert.ok(!redactor(formsOf(secret))(`${before}${form}${behind}`).includes(form));
    }),
  );
});

test('a token of many thousand characters is masked too', () => {
  const token = 'abcdefgh'.repeat(1000);
  assert.equal(redactor([token])(`no: ${token}!`), 'no: (secret)!');
});
