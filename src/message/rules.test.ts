// The small rules: numbers, addresses, names of attachments, keys, notes.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { sampleCustomer, sampleDocument } from '../../test/support/samples.ts';
import { sampleSettings } from '../../test/support/settings.ts';
import { checkEmailAddress, wireAddress } from './email-address.ts';
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
  test('whatever a field holds, no address that passes can end a line, an envelope or a list', () => {
    const signs = [...'a1@.-<>()[]\\/?#%:,; "üß发\r\n\t\0\u2028\u00a0\u00ad\u200b\u200d\ufeff\u3000\uff0f\uff1e\u3002'];
    const any = fc.string({ unit: fc.constantFrom(...signs), maxLength: 8 });
    const shaped = fc
      .tuple(fc.constantFrom('ap', '"x"', '"'), any, any)
      .map(([local, a, b]) => `${local}${a}@abf${b}.example`);
    const behind = fc.tuple(any, any).map(([a, b]) => `ap@abf.example${a}${b}`);
    fc.assert(
      fc.property(fc.oneof(any, shaped, behind), (text) => {
        if (checkEmailAddress(text) !== null) return;
        assert.doesNotMatch(text, /[\s<>\p{Cc}\p{Cf}]/u);
        assert.match(text.slice(text.lastIndexOf('@') + 1), /^[\p{L}\p{N}\p{M}.-]+$/u);
        const wire = wireAddress(text);
        assert.match(wire.slice(wire.lastIndexOf('@') + 1), /^[A-Za-z0-9.-]+$/);
      }),
      { numRuns: 10_000 },
    );
  });

  test('a domain beyond ASCII goes over the line as A-labels, the rest as it was written', () => {
    assert.equal(checkEmailAddress('Ap@müller.example'), null);
    assert.equal(wireAddress('Ap@Müller.example'), 'Ap@xn--mller-kva.example');
    assert.equal(wireAddress('jürgen@ABF.example'), 'jürgen@ABF.example');
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
    'ap@abf.example/>',
    '"x"@abf.example/> NOTIFY=NEVER',
    'ap@abf.example?q',
    'ap@abf.example#1',
    'ap@abf.example\\x',
    'ap@abf.example:25',
    'ap@abf%2eexample.com',
    'ap@ab\u00adf.example',
    'ap@ab\u200bf.example',
    '"a b"@abf.example',
    '"x"@abf.example x',
    '"a\u200bb"@abf.example',
    'ap@[192.0.2.1]',
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
        assert.ok(Buffer.byteLength(name) <= 200 && name.isWellFormed());
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(name, /[/\\:*?"<>|\u0000-\u001f\u202e]|^\./);
      }),
      { numRuns: 3_000 },
    );
  });

  for (const [what, sign] of [
    ['Chinese', '发票'],
    ['a flag', '🇩🇪'],
    ['a letter with a mark', 'u\u0308'],
  ] as const) {
    test(`a long name of ${what} fits a file system, ends with its extension and is cut between signs`, () => {
      const name = safeFileName(`${sign.repeat(120)}.pdf`, 'application/pdf');
      assert.ok(Buffer.byteLength(name) <= 200 && Buffer.byteLength(name) > 100, name);
      assert.match(
        name,
        new RegExp(
          `^(?:${[...new Intl.Segmenter().segment(sign)].map(({ segment }) => segment).join('|')})+\\.pdf$`,
          'u',
        ),
      );
    });
  }

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

  const body = (html: string): string => html.slice(html.indexOf('<body')).replace(/^<body[^>]*>/, '');
  const shownBy = (html: string): string =>
    body(html)
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&');
  const tagsOf = (html: string): string => (body(html).match(/<[^>]*>/g) ?? []).join('');

  for (const note of [
    'x {{ customer.name }} y',
    'x{{ customer.name }}y **{{ customer.name }}**',
    '- `{{ customer.name }}` and\n- {{ customer.name }}!',
    '```\n{{ customer.name }}!\n```',
    '| a | b |\n|---|---|\n| {{ customer.name }} | b |',
    '{% capture who %}Dear {{ customer.name }}{% endcapture %}{{ who }}!',
    '[at {{ customer.name }}!](https://pay.example/)',
  ]) {
    test(`what a field holds is shown as it is, and is never markup: ${JSON.stringify(note)}`, () => {
      const plain = tagsOf(renderNote(layers(note), fields('ABF')).html);
      const signs = [
        ...'<>&*_[]()`#\\!|~-+:/.@"\'a1 \ue000\ue001\n',
        'https://x.example',
        'a@b.example',
        '&amp;',
        '{{ x }}',
      ];
      fc.assert(
        fc.property(
          fc.oneof(fc.string({ unit: fc.constantFrom(...signs) }), fc.string({ unit: 'grapheme' })),
          (name) => {
            fc.pre(name !== '');
            const { text, html } = renderNote(layers(note), fields(name));
            // In a list the further lines of a value stand under its first.
            const lines = (some: string): string => some.replace(/\n */g, '\n');
            assert.ok(lines(text).includes(lines(name.trim())), text);
            assert.ok(shownBy(html).includes(name), html);
            assert.equal(tagsOf(html), plain);
          },
        ),
        { numRuns: 500 },
      );
    });
  }

  test('in the target of a link a value is one piece of it: no host, no parameter, no scheme', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'/?#&=:@.%" <>\\ü', 'javascript:'), minLength: 1 }), (name) => {
        for (const note of [
          '[pay](https://pay.example/i/{{ customer.name }}?d=1)',
          '<https://pay.example/i/{{ customer.name }}?d=1>',
          'https://pay.example/i/{{ customer.name }}?d=1',
        ]) {
          const { html } = renderNote(layers(note), fields(name));
          const [, target = ''] = /<a href="([^"]*)">/.exec(html) ?? [];
          const url = new URL(target.replaceAll('&amp;', '&'));
          assert.deepEqual([url.host, url.search, url.hash], ['pay.example', '?d=1', '']);
          assert.equal(target, `https://pay.example/i/${encodeURIComponent(name)}?d=1`);
        }
        const alone = renderNote(layers('[x]({{ customer.name }})'), fields(name)).html;
        assert.doesNotMatch(alone, /href="[^"]*[:?#]/);
      }),
      { numRuns: 300 },
    );
  });

  for (const [note, text, target] of [
    [
      'Pay at https://pay.example/i/{{ customer.name }}',
      'Pay at https://pay.example/i/INV-1002\n',
      'https://pay.example/i/INV-1002',
    ],
    [
      'Pay at <https://pay.example/i/{{ customer.name }}>',
      'Pay at https://pay.example/i/INV-1002\n',
      'https://pay.example/i/INV-1002',
    ],
    [
      '[Pay](https://pay.example/i/{{ customer.name }})',
      'Pay (https://pay.example/i/INV-1002)\n',
      'https://pay.example/i/INV-1002',
    ],
    ['[Write](mailto:{{ company.email }})', 'Write (mailto:billing@acme.example)\n', 'mailto:billing@acme.example'],
  ] as const) {
    test(`a field in a link is part of its target: ${note}`, () => {
      const rendered = renderNote(layers(note), fields('INV-1002'));
      assert.equal(rendered.text, text);
      assert.ok(rendered.html.includes(`<a href="${target}">`), rendered.html);
    });
  }

  test('a table has one row a line in the text', () => {
    const note = '| Number | Amount |\n|---|---:|\n| {{ customer.name }} | 12.50 |\n\nThank you';
    assert.equal(renderNote(layers(note), fields('7|8')).text, 'Number | Amount\n7|8 | 12.50\n\nThank you\n');
  });

  test('an empty field leaves no empty paragraph', () => {
    assert.equal(renderFaxNote(layers('{{ document.po }}\n\nThank you'), fields('ABF')), 'Thank you\n');
  });
});

test('a gateway address is made from the number, and must be an address', () => {
  const number = readFaxNumber('(414) 555-0134', 'US');
  assert.ok(number.ok);
  assert.equal(gatewayAddress('{{ fax.digits }}@efaxsend.com', { fax: number }), '14145550134@efaxsend.com');
  assert.throws(() => gatewayAddress('{{ fax.digits }}', { fax: number }), { code: 'OBX121' });
});
