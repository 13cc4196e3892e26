// The small rules: numbers, addresses, names of attachments, keys, notes.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { sampleCustomer, sampleDocument } from '../../test/support/samples.ts';
import { sampleSettings } from '../../test/support/settings.ts';
import { checkEmailAddress, readEmailAddresses } from './email-address.ts';
import { readFaxNumber } from './fax-number.ts';
import { safeFileName } from './file-name.ts';
import { deliveryKey } from './idempotency.ts';
import { fieldsFor, gatewayAddress } from './ingredients.ts';
import { renderFaxNote, renderNote } from './note.ts';

suite('fax numbers', () => {
  for (const [written, country, e164] of [
    ['(414) 555-0134', 'US', '+14145550134'],
    ['1-414-555-0134', 'US', '+14145550134'],
    ['414.555.0134', 'US', '+14145550134'],
    ['+1 414 555 0134', 'DE', '+14145550134'],
    ['011 49 30 1234567', 'US', '+49301234567'],
    ['030 1234567', 'DE', '+49301234567'],
    ['Fax: 414 555 0134', 'US', '+14145550134'],
    ['414–555—0134', 'US', '+14145550134'],
    ['(414)\u00a0555\u20110134', 'US', '+14145550134'],
    ['9,,18665550100', 'US', '+18665550100'],
    ['9,1-866-555-0100', 'US', '+18665550100'],
    ['1-866-555-0100', 'US', '+18665550100'],
    ['+32 (0)3 326 42 79', 'US', '+3233264279'],
  ] as const) {
    test(`${written} in ${country} is ${e164}`, () => {
      const number = readFaxNumber(written, country);
      assert.ok(number.ok);
      assert.deepEqual([number.e164, number.digits], [e164, e164.slice(1)]);
    });
  }

  for (const bad of [
    '',
    '555-01',
    'call Bob',
    '414 555 0134 / 414 555 0199',
    '414555013414555',
    '555-0134',
    '404-555-1212 x12',
    '(404) 555-1212 ext. 7',
    '4045551212,,12',
    '9,,',
    'N/A',
    '+1414555\r\n0134',
  ]) {
    test(`${JSON.stringify(bad)} is no number, and it is said why`, () => {
      const number = readFaxNumber(bad, 'US');
      assert.ok(!number.ok && number.detail !== '');
    });
  }
});

suite('email addresses', () => {
  test('several in one field, with names, are read apart', () => {
    assert.deepEqual(readEmailAddresses('a@x.example; "Smith, Bob" <b@x.example>, c@x.example;'), [
      'a@x.example',
      'b@x.example',
      'c@x.example',
    ]);
  });

  test('whatever a field holds, no address that passes can end a line or an envelope', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('a', '@', '.', '<', '>', '\r', '\n', '\0', ' ', '"', ',', ';', 'ü', '\u2028'),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        if (checkEmailAddress(text) === null) assert.doesNotMatch(text, /[\r\n\0\u2028\u2029]/);
      }),
      { numRuns: 5_000 },
    );
  });

  for (const bad of [
    'ap',
    'ap@',
    '@abf.example',
    'ap@abf',
    'a b@abf.example',
    'ap@abf..example',
    '.ap@abf.example',
    'ap@abf.example\r\nRCPT TO:<x@y.z>',
    'ap@127',
  ]) {
    test(`${JSON.stringify(bad)} is refused in words`, () => assert.ok(checkEmailAddress(bad)));
  }
});

suite('names of attachments', () => {
  test('whatever a template gives, it is one safe name of the right kind', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (wanted) => {
        const name = safeFileName(wanted, 'application/pdf');
        assert.ok(name.endsWith('.pdf') && name.length > 4 && [...name].length <= 120);
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(name, /[/\\:*?"<>|\u0000-\u001f\u202e]|^\./);
      }),
      { numRuns: 3_000 },
    );
  });

  for (const [wanted, mediaType, name] of [
    ['Invoice 7.pdf', 'application/pdf', 'Invoice 7.pdf'],
    ['Invoice 7.pdf', 'text/plain', 'Invoice 7.txt'],
    ['../../etc/passwd', 'text/plain', 'etc-passwd.txt'],
    ['CON', 'application/pdf', 'document CON.pdf'],
    ['invoice\u202efdp.exe', 'application/pdf', 'invoice-fdp.exe.pdf'],
    ['', 'application/pdf', 'document.pdf'],
  ] as const) {
    test(`${JSON.stringify(wanted)} becomes ${name}`, () => assert.equal(safeFileName(wanted, mediaType), name));
  }
});

suite('keys', () => {
  const key = (change: object, recipient = 'ap@abf.example') =>
    deliveryKey(null, sampleDocument(change), 'email', recipient);

  test('the same number to the same recipient is the same key, whatever the bytes', () => {
    assert.equal(key({ sha256: 'a'.repeat(64) }), key({ sha256: 'b'.repeat(64) }));
    assert.equal(key({}), key({}, 'AP@ABF.example'));
  });

  test('another number, type, company, revision or recipient is another key', () => {
    const keys = [
      key({}),
      key({ number: '9' }),
      key({ type: 'order' }),
      key({ company: 'B' }),
      key({ revision: '2' }),
      key({ customer: '02-XYZ' }),
      key({}, 'x@abf.example'),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  test('without a number the bytes stand in', () => {
    assert.notEqual(key({ number: '', sha256: 'a'.repeat(64) }), key({ number: '', sha256: 'b'.repeat(64) }));
  });

  test('no two lists of parts run into one another', () => {
    assert.notEqual(key({ type: 'ab', number: 'c' }), key({ type: 'a', number: 'bc' }));
  });
});

suite('notes', () => {
  const settings = sampleSettings();
  const fields = (name: string) =>
    fieldsFor({
      company: settings.company,
      type: settings.documentTypes['invoice']!,
      customer: sampleCustomer({ name }),
      documents: [sampleDocument()],
      destination: { channel: 'email', recipient: 'ap@abf.example', to: [], cc: [] },
      own: { note: null, subject: null },
    });
  const layers = (type: string) => ({ document: null, type, customer: null, company: null });

  test('Markdown becomes text and HTML', () => {
    const { text, html } = renderNote(layers('Dear **{{ customer.name }}**,\n\n- one\n- two'), fields('ABF'));
    assert.equal(text, 'Dear ABF,\n\n- one\n- two\n');
    assert.match(html, /<strong>ABF<\/strong>[\s\S]*<li>one<\/li>/);
  });

  test('the note of the document takes the place of its type, those of customer and company stand below', () => {
    const text = renderFaxNote(
      { document: 'own', type: 'type', customer: 'customer', company: 'company' },
      fields('ABF'),
    );
    assert.equal(text, 'own\n\ncustomer\n\ncompany\n');
  });

  test('what a field holds is never markup: it is shown as it is', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('<', '>', '&', '*', '_', '[', ']', '(', ')', '`', '#', '\\', '!', 'a', ' '),
        }),
        (name) => {
          const { html } = renderNote(layers('x {{ customer.name }} y'), fields(name));
          const body = html.slice(html.indexOf('<body'));
          assert.doesNotMatch(body.replaceAll(/<\/?(?:body|p|html)[^>]*>/g, ''), /<[a-z/]/i);
          assert.doesNotMatch(body, /<(?:em|strong|a|img|code|h1)\b/);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('a gateway address is made from the number, and must be an address', () => {
  const number = readFaxNumber('(414) 555-0134', 'US');
  assert.ok(number.ok);
  assert.equal(gatewayAddress('{{ fax.digits }}@efaxsend.com', { fax: number }), '14145550134@efaxsend.com');
  assert.throws(() => gatewayAddress('{{ fax.digits }}', { fax: number }), { code: 'OBX121' });
});
