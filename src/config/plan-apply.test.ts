// Promises of applying a settings file: all or nothing, every fault at once, secrets never shown.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { exportSettings } from './export-settings.ts';
import { SettingsError } from './fault.ts';
import { planApply } from './plan-apply.ts';
import type { Plan } from './plan-apply.ts';
import type { RawSetting } from './raw-setting.ts';
import { keptText } from './secret-form.ts';
import { makeSecretKey } from './secret-key.ts';
import { readSecret } from './secret-source.ts';

const folder = await mkdtemp(join(tmpdir(), 'outbox-apply-'));
after(() => rm(folder, { recursive: true, force: true }));
const key = makeSecretKey(randomBytes(32));

const apply = (text: string, current: readonly RawSetting[] = []): Promise<Plan> =>
  planApply({ text, file: 'acme.yaml', current, key });

const company = 'company: { code: ACME, name: Acme, email: billing@acme.example }\n';
const office = (password: string): string =>
  `${company}transports:\n  office:\n    kind: smtp\n    host: smtp.example\n    user: u\n    password: ${password}\n`;

// The example of the manual, word for word.
const example = `company:
  code: ACME
  name: Acme Petroleum
  email: billing@acme.example          # From of every email unless a type or transport says otherwise
  fax: "+1 303 555 0100"
  country: US                          # how bare telephone numbers are read
  timeZone: America/Denver
documentTypes:
  invoice:
    name: Invoice
    fileName: "Invoice {{ document.number }}.pdf"      # the descriptive name of the attachment
    grouping: each                                     # each | message (one message, many attachments) | merged (one PDF)
    email:
      subject: "Invoice {{ document.number }} from {{ company.name }}"
      note: |                                          # Markdown with Liquid fields: sent as text and as HTML
        Please find invoice {{ document.number }} attached.
      transport: office
    fax:
      subject: "Invoice {{ document.number }}"
      note: "Invoice {{ document.number }} follows."
      transport: efax
      cover: when-note                                 # never | always | when-note
transports:
  office:
    kind: smtp
    preset: office365                                  # fills what is not given here
    host: smtp.office365.com                           # "[DEBUG]host" switches the transcript file on, as in the original
    port: 587
    tls: required                                      # required (STARTTLS) | implicit | opportunistic | none
    user: billing@acme.example
    password: { env: OFFICE_PASSWORD }                 # or: oauth: { kind: microsoft, tenant: .., client: .., secret: { env: .. } }
    limits: { connections: 2, perMinute: 25, perDay: 9000 }
  relay:  { kind: smtp, host: 127.0.0.1, port: 25, tls: none }         # no authentication: relaying allowed by address
  efax:
    kind: smtp
    host: 127.0.0.1
    port: 25
    tls: none
    address: "{{ fax.digits }}@efaxsend.com"           # an email-to-fax gateway: how the number becomes the To address
  olddriver: { kind: driver, command: /opt/drivers/send.sh, timeout: 60 }
customers:                                             # optional here; usually imported
  "01-ABF":
    name: American Business Futures
    email: [ap@abf.example]
    fax: ["+1 414 555 0134"]
    deliver: { default: [email, fax], statement: [fax] }        # channels per document type; order is the fallback
`;

test('the example of the manual is taken as it stands, and applied again changes nothing', async () => {
  process.env['OFFICE_PASSWORD'] = 'x';
  const { settings, customers, changes, after: rows } = await apply(example);
  assert.equal(settings.documentTypes['invoice']?.email.transport, 'office');
  assert.equal(settings.documentTypes['invoice']?.email.note, 'Please find invoice {{ document.number }} attached.\n');
  assert.deepEqual(Object.keys(settings.transports), ['office', 'relay', 'efax', 'olddriver']);
  assert.deepEqual(customers[0]?.deliver, { default: ['email', 'fax'], statement: ['fax'] });
  assert.deepEqual(changes.map(({ name, kind }) => `${name} ${kind}`).slice(0, 3), [
    ' new',
    'invoice new',
    'office new',
  ]);
  assert.deepEqual((await apply(example, rows)).changes, []);
  assert.deepEqual((await apply(exportSettings(rows), rows)).changes, []);
});

test('an unreadable secret is refused with its line and what to write instead', async () => {
  delete process.env['OUTBOX_TEST_MISSING'];
  await assert.rejects(apply(office('{ env: OUTBOX_TEST_MISSING }')), (error) => {
    assert.ok(error instanceof SettingsError);
    assert.equal(error.faults.length, 1);
    assert.equal(error.faults[0]?.line, 7);
    assert.match(
      error.message,
      /line 7, transports\.office\.password: .*OUTBOX_TEST_MISSING is not set; set OUTBOX_TEST_MISSING/,
    );
    return true;
  });
});

test('faults of the text, of the whole and of secrets come together', async () => {
  delete process.env['OUTBOX_TEST_MISSING'];
  const text = `${office('{ env: OUTBOX_TEST_MISSING }')}documentTypes: { a: { nmae: A, email: { transport: ofice } } }\nextra: 1\n`;
  await assert.rejects(apply(text), (error) => {
    assert.ok(error instanceof SettingsError);
    assert.deepEqual(error.faults.map(({ path }) => path).toSorted(), [
      'documentTypes.a.email.transport',
      'documentTypes.a.nmae',
      'extra',
      'transports.office.password',
    ]);
    return true;
  });
});

test('a password in clear is stored sealed, and the person is told that the file still holds it', async () => {
  const { after: rows, settings, notes, changes } = await apply(office('hunter2'));
  assert.ok(!JSON.stringify([rows, settings, changes, notes]).includes('hunter2'));
  assert.match(notes.join('\n'), /acme\.yaml still holds transports\.office\.password in clear/);
  const transport = settings.transports['office'];
  assert.ok(transport?.kind === 'smtp' && transport.password !== null);
  assert.equal(await readSecret(transport.password, key, 'transports.office.password'), 'hunter2');
});

test('the same password in clear again is no change, another one is', async () => {
  const { after: rows } = await apply(office('hunter2'));
  assert.deepEqual((await apply(office('hunter2'), rows)).changes, []);
  assert.deepEqual((await apply(office('hunter3'), rows)).changes, [
    { section: 'transports', name: 'office', kind: 'changed', lines: ['password: another secret'] },
  ]);
});

test('a password of digits is a password', async () => {
  const { settings } = await apply(office('0123456'));
  const transport = settings.transports['office'];
  assert.ok(transport?.kind === 'smtp' && transport.password !== null);
  assert.equal(await readSecret(transport.password, key, 'transports.office.password'), '0123456');
});

test('an export of a sealed password, applied again, keeps it; in a new installation it is refused', async () => {
  const { after: rows } = await apply(office('hunter2'));
  const text = exportSettings(rows);
  assert.ok(text.includes(keptText));
  assert.deepEqual((await apply(text, rows)).after, rows);
  await assert.rejects(apply(text), /transports\.office\.password: nothing is kept in this installation/);
});

test('a secret that was sealed by another installation is refused', async () => {
  const sealed = makeSecretKey(randomBytes(32)).seal('hunter2', 'transports.office.password');
  await assert.rejects(apply(office(`{ sealed: "${sealed}" }`)), /sealed by another installation/);
});

test('taking away a transport that is still named is refused', async () => {
  const { after: rows } = await apply(
    `${company}transports: { relay: { kind: smtp, host: 127.0.0.1, tls: none } }\ndocumentTypes: { a: { email: { transport: relay } } }\n`,
  );
  await assert.rejects(
    apply('transports: { relay: null }', rows),
    /documentTypes\.a\.email\.transport: there is no transport relay/,
  );
  const { changes } = await apply('transports: { relay: null }\ndocumentTypes: { a: null }', rows);
  assert.deepEqual(
    changes.map(({ name, kind }) => `${name} ${kind}`),
    ['a removed', 'relay removed'],
  );
});

test('a customer with an address that can not be used is taken, as from a customer file, and told with its line', async () => {
  const { notes, customers } = await apply(
    `${company}customers:\n  "7":\n    name: X\n    fax: ["12"]\n    email: [nobody]\n    timeZone: Mars\n`,
  );
  assert.deepEqual(customers[0]?.fax, ['12']);
  const list = await apply(
    `${company}customers: { "7": { name: X, email: "Ann <a@x.example>; b@x.example", cc: N/A } }`,
  );
  assert.deepEqual([list.customers[0]?.email, list.customers[0]?.cc], [['a@x.example', 'b@x.example'], []]);
  for (const told of [
    /line 5, customers\.7\.fax\.0/,
    /line 6, customers\.7\.email\.0: it has no @/,
    /line 7, .*no such time zone/,
  ])
    assert.match(notes.join('\n'), told);
});

test('a customer may name a document type that is not set up yet, and it is said', async () => {
  const { notes } = await apply(`${company}customers: { "7": { name: X, deliver: { order: fax } } }`);
  assert.match(notes.join('\n'), /customers\.7\.deliver\.order: there is no document type order/);
});

test(
  'a secret file that others may read is taken and told',
  { skip: process.platform === 'win32' && 'Windows has other rights' },
  async () => {
    const file = join(folder, 'password');
    await writeFile(file, 'hunter2\n');
    await chmod(file, 0o644);
    const { notes } = await apply(office(`{ file: ${file} }`));
    assert.match(notes.join('\n'), /chmod 600/);
  },
);

test('the secrets of a login by OAuth are sealed, kept and checked as a password is', async () => {
  const login = (secret: string, token: string): string =>
    `${company}transports:\n  office:\n    kind: smtp\n    host: smtp.example\n    user: u\n    oauth:\n      kind: refresh\n      tokenUrl: https://login.example/token\n      client: c\n      secret: ${secret}\n      refreshToken: ${token}\n`;
  const { after, settings, notes } = await apply(login('hunter2', '0123456'));
  assert.doesNotMatch(JSON.stringify(after), /hunter2|0123456/);
  assert.match(
    notes.join('\n'),
    /transports\.office\.oauth\.secret in clear[^]*transports\.office\.oauth\.refreshToken in clear/,
  );
  const office = settings.transports['office'];
  assert.ok(office?.kind === 'smtp' && office.oauth?.kind === 'refresh');
  const { secret, refreshToken } = office.oauth;
  assert.equal(await readSecret(secret!, key, 'transports.office.oauth.secret'), 'hunter2');
  assert.equal(await readSecret(refreshToken, key, 'transports.office.oauth.refreshToken'), '0123456');
  await assert.rejects(readSecret(secret!, key, 'transports.office.oauth.refreshToken'), /OBX004|can not be read/);

  const same = await apply(login('hunter2', '0123456'), after);
  assert.deepEqual(same.changes, []);
  const other = await apply(login('hunter3', '0123456'), after);
  assert.deepEqual(other.changes[0]?.lines, ['oauth.secret: another secret']);
  const kept = await apply(exportSettings(after), after);
  assert.deepEqual(kept.after, after);
  await assert.rejects(
    apply(exportSettings(after)),
    /oauth\.secret: nothing is kept[^]*oauth\.refreshToken: nothing is kept/,
  );
  await assert.rejects(
    apply(login('{ env: OUTBOX_TEST_MISSING }', '{ file: /nowhere/token }')),
    /line \d+, transports\.office\.oauth\.secret: [^]*line \d+, transports\.office\.oauth\.refreshToken: /,
  );
});

test('the key file of a login is looked into: what it is not is told, what stands in it is not', async () => {
  const file = join(folder, 'key.json');
  const login = (oauth: string): string =>
    `${company}transports:\n  office: { kind: smtp, host: smtp.example, user: u, oauth: ${oauth} }\n`;
  const google = login(`{ kind: google, key: { file: ${file} } }`);
  for (const text of ['private stuff', '{"private_key":"private stuff"}']) {
    await writeFile(file, text, { mode: 0o600 });
    await assert.rejects(apply(google), (error: Error) => {
      assert.match(error.message, /oauth\.key\.file: the file is no/);
      return !error.message.includes('private stuff');
    });
  }
  await writeFile(file, '{"client_email":"a","private_key":"b","token_uri":"c"}');
  assert.deepEqual((await apply(google)).notes, []);
  const certificate = login('{ kind: microsoft, tenant: t, client: c, certificate: { file: /nowhere.pem } }');
  await assert.rejects(apply(certificate), /oauth\.certificate\.file: ENOENT/);
});
