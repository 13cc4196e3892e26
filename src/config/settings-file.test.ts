// Promises of reading a settings file: every fault at once, each with its line and what to write instead.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutboxError } from '../message/errors.ts';
import { SettingsError } from './fault.ts';
import type { SettingsFault } from './fault.ts';
import { readSettingsFile } from './settings-file.ts';

function refusal(text: string): SettingsError {
  try {
    readSettingsFile(text, 'acme.yaml');
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error;
  }
  throw new Error('the file was taken');
}

const faultsOf = (text: string): readonly SettingsFault[] => refusal(text).faults;

test('an unknown key is told with its line, its path and the word that was meant', () => {
  const error = refusal('documentTypes:\n  invoice:\n    name: Invoice\n    grupping: each\n');
  assert.ok(error instanceof OutboxError);
  assert.equal(error.code, 'OBX160');
  assert.deepEqual(error.faults, [
    { line: 4, path: 'documentTypes.invoice.grupping', detail: 'unknown key', hint: 'did you mean grouping?' },
  ]);
  assert.match(error.message, /line 4, documentTypes\.invoice\.grupping: unknown key; did you mean grouping\?/);
});

test('all faults come at once, in the order of the lines', () => {
  const text = `company: { code: A, name: B }
documentTypes:
  invoice: { grouping: merge, fax: { cover: allways } }
transports:
  office: { kind: smtp, host: smtp.example, port: 70000, tsl: none }
  old: { kind: drivr, command: x }
users: { anna: { role: cleark } }
customers: { 7: { name: X, emial: a@b.example } }
transport: {}
`;
  assert.deepEqual(
    faultsOf(text).map(({ line, path }) => [line, path]),
    [
      [1, 'company.email'],
      [3, 'documentTypes.invoice.grouping'],
      [3, 'documentTypes.invoice.fax.cover'],
      [5, 'transports.office.port'],
      [5, 'transports.office.tsl'],
      [6, 'transports.old.kind'],
      [7, 'users.anna.role'],
      [8, 'customers.7.emial'],
      [9, 'transport'],
    ],
  );
});

for (const [what, text, path, hint] of [
  ['a section', 'documentType: {}', 'documentType', 'did you mean documentTypes?'],
  ['a word', 'documentTypes:\n  a:\n    grouping: merge', 'documentTypes.a.grouping', 'did you mean merged?'],
  [
    'a channel',
    'company: {code: A, name: A, email: a@b.example, deliver: [emial]}',
    'company.deliver.0',
    'did you mean email?',
  ],
  ['a role', 'users: { a: { role: clark } }', 'users.a.role', 'did you mean clerk?'],
  ['a kind', 'transports: { a: { kind: smpt } }', 'transports.a.kind', 'did you mean smtp?'],
  [
    'a key of a limit',
    'transports: { a: { kind: smtp, limits: { perMinut: 1 } } }',
    'transports.a.limits.perMinut',
    'did you mean perMinute?',
  ],
] as const) {
  test(`${what} that is mistyped gets a "did you mean"`, () => {
    const [fault] = faultsOf(text);
    assert.equal(fault?.path, path);
    assert.equal(fault?.hint, hint);
  });
}

test('a missing key is told in the line of the entry that misses it', () => {
  const [fault] = faultsOf('users:\n  anna: {}\n');
  assert.equal(fault?.line, 2);
  assert.equal(fault?.path, 'users.anna.role');
});

for (const [what, written] of [
  ['a host with a port', 'host: "smtp.example:25"'],
  ['a host with a scheme', 'host: smtps://smtp.example'],
  ['a host with a blank', 'host: smtp example'],
  ['half an IP address', 'host: 10.0.0'],
  ['port 0', 'port: 0'],
  ['a rate of none', 'limits: { perMinute: 0 }'],
  ['a fingerprint that is too short', 'fingerprint: SHA256:AB'],
  ['an EHLO name with a blank', 'ehlo: my host'],
  ['a gateway address without the number', 'address: fax@efaxsend.com'],
  ['a gateway address that is none', 'address: "{{ fax.digits }}"'],
  ['an extension that does not exist', 'avoid: [PIPELINE]'],
  ['a line end in a user', 'user: "a\\r\\nb"'],
  ['a secret of no known form', 'password: { vault: x }'],
  ['a secret from a variable that can not be one', 'password: { env: "A B" }'],
  ['a secret from two places', 'password: { env: A, file: b }'],
] as const) {
  test(`${what} is refused`, () => {
    assert.equal(faultsOf(`transports:\n  a:\n    kind: smtp\n    ${written}\n`)[0]?.line, 4);
  });
}

for (const [what, written] of [
  ['a country of three letters', 'country: USA'],
  ['a country that is none', 'country: QQ'],
  ['a time zone that does not exist', 'timeZone: America/Denvre'],
  ['an offset in place of a time zone', 'timeZone: "+01:00"'],
  ['an address without a domain', 'email: billing'],
  ['a line end in the name', 'name: "Acme\\r\\nBcc: x"'],
  ['no channel', 'deliver: []'],
  ['the same channel twice', 'deliver: [fax, fax]'],
  ['none beside another channel', 'deliver: [none, fax]'],
] as const) {
  test(`${what} is refused in the company`, () => {
    const key = written.slice(0, written.indexOf(':'));
    const others = ['code: A', 'name: A', 'email: a@b.example'].filter((line) => !line.startsWith(`${key}:`));
    const faults = faultsOf(`company:\n  ${[...others, written].join('\n  ')}\n`);
    assert.ok(faults.every(({ path }) => path.startsWith(`company.${key}`)));
    assert.equal(faults[0]?.line, others.length + 2);
  });
}

test('the letters of a mistyped secret are never repeated', () => {
  for (const written of [
    '{ hunter2: x }',
    '{ evn: hunter2 }',
    '[hunter2]',
    '{ env: "hunter2 " }',
    '{ file: { a: hunter2 } }',
  ]) {
    const error = refusal(`transports:\n  a:\n    kind: smtp\n    password: ${written}\n`);
    assert.ok(!`${error.message}${JSON.stringify(error.faults)}${error.stack ?? ''}`.includes('hunter2'), written);
  }
});

test('one value may stand for a list of one', () => {
  const { customers } = readSettingsFile(
    'customers: { "7": { name: X, email: a@b.example, deliver: { default: fax } } }',
    'f',
  );
  assert.deepEqual(customers[0]?.email, ['a@b.example']);
  assert.deepEqual(customers[0]?.deliver, { default: ['fax'] });
  assert.deepEqual(customers[0]?.given, ['name', 'email', 'deliver']);
});

test('a byte order mark and Windows line ends make no difference', () => {
  const { raw, lineOf } = readSettingsFile('\uFEFFusers:\r\n  anna:\r\n    role: clerk\r\n', 'f');
  assert.deepEqual(raw, [{ section: 'users', name: 'anna', value: { role: 'clerk' } }]);
  assert.equal(lineOf(['users', 'anna', 'role']), 3);
});

test('what was written is kept as written: no default is filled in', () => {
  const { raw } = readSettingsFile('documentTypes: { invoice: { grouping: each } }', 'f');
  assert.deepEqual(raw, [{ section: 'documentTypes', name: 'invoice', value: { grouping: 'each' } }]);
});
