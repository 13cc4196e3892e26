// Tests of the delivery rule as one field of text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Channel, channels } from '../../message/message.ts';
import { readDeliver, writeDeliver } from './deliver.ts';

test('channels are read per document type, in their order', () => {
  const expected = { default: ['email', 'fax'], statement: ['fax'] };
  assert.deepEqual(readDeliver('default=email,fax; statement=fax'), { ok: true, deliver: expected });
  assert.deepEqual(readDeliver(' Email , FAX ;statement = fax;'), { ok: true, deliver: expected });
  assert.deepEqual(readDeliver(''), { ok: true, deliver: {} });
});

test('what is no channel or no rule is told', () => {
  const wrong: Record<string, RegExp> = {
    'default=mail': /"mail" is no channel; there are email, fax, print, none/,
    'default=': /"" is no channel/,
    '=email': /not of the form/,
    'a=email=fax': /not of the form/,
    'invoice=email; invoice=fax': /invoice stands twice/,
    'email; fax': /default stands twice/,
  };
  for (const [text, detail] of Object.entries(wrong)) {
    const read = readDeliver(text);
    assert.ok(!read.ok, text);
    assert.match(read.detail, detail);
  }
});

test('a rule written is read back the same', () => {
  const names = fc
    .uniqueArray(fc.constantFrom(...channels), { minLength: 1 })
    .map((all): Channel[] => (all.includes('none') ? ['none'] : all));
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), names, { noNullPrototype: true }),
      (deliver) => {
        assert.deepEqual(readDeliver(writeDeliver(deliver)), { ok: true, deliver });
      },
    ),
  );
});

for (const text of ['default=email,email', 'invoice=none,fax']) {
  test(`"${text}" is refused, as in the settings file`, () => assert.equal(readDeliver(text).ok, false));
}
