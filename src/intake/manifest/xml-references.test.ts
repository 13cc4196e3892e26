// Tests of the references of XML.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeReferences } from './xml-references.ts';

test('the five names and numbers of both kinds become characters, once', () => {
  assert.equal(decodeReferences('&lt;a&gt; &amp;amp; &quot;&apos; &#228;&#xE4;&#x1F4E0;'), '<a> &amp; "\' ää📠');
  assert.equal(decodeReferences('R&D & Co; AT&T'), 'R&D & Co; AT&T');
});

test('a reference that means nothing is an error that names it', () => {
  for (const text of ['&uuml;', '&#xD800;', '&#1114112;', '&#x;', '&constructor;', '&#99999999999;']) {
    assert.throws(() => decodeReferences(`a ${text}`), { message: `${text} is not known in XML` }, text);
  }
});

test('every character reads the same from its number', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), (character) => {
      const code = character.codePointAt(0) ?? 0;
      assert.equal(decodeReferences(`&#${code};&#x${code.toString(16)};`), character + character);
    }),
  );
});
