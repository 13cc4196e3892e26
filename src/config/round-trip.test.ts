// Promises that hold for any settings: an export applied again changes nothing, and no secret is ever shown.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { channels } from '../message/message.ts';
import type { Customer } from '../message/settings.ts';
import { checkSettings, examineSettings } from './check-settings.ts';
import { differenceOf } from './difference.ts';
import { exportSettings } from './export-settings.ts';
import { locate, writeFault } from './fault.ts';
import { mergeRaw } from './merge.ts';
import { nameOfPosition } from './raw-setting.ts';
import type { RawSetting } from './raw-setting.ts';
import { sealRaw } from './sealing.ts';
import { makeSecretKey } from './secret-key.ts';
import { parseSettingsFile, readSettingsFile } from './settings-file.ts';

const key = makeSecretKey(randomBytes(32));

/** As it comes out of the database. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

// Signs that mean something in YAML stand in the texts, and words that YAML takes for something else.
const sign = fc.constantFrom(...Array.from(`abZ09 :#-'"[]&*!|>%@,.?=~\\é漢😀`));
const word = fc.oneof(
  fc.string({ unit: sign, minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== ''),
  fc.constantFrom('null', 'true', '~', '0123', '1e3', '1.0', '+1303', '0x10', '---', 'NO', '- a', '<<'),
);
const longText = fc.array(word, { maxLength: 4 }).map((lines) => lines.join('\n'));
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/).filter((text) => text !== '__proto__');
const order = fc.uniqueArray(fc.constantFrom(...channels.filter((channel) => channel !== 'none')), { minLength: 1 });
const maybe = { requiredKeys: [] as [] };

const company = fc.record(
  {
    code: word,
    name: word,
    email: fc.constant('billing@acme.example'),
    country: fc.constantFrom('US', 'de', 'NO'),
    timeZone: fc.constantFrom('America/Denver', 'UTC'),
    note: fc.record({ email: longText, fax: fc.option(longText) }, maybe),
    deliver: order,
  },
  { requiredKeys: ['code', 'name', 'email'] },
);

const documentType = fc.record(
  {
    name: word,
    grouping: fc.constantFrom('each', 'message', 'merged'),
    hold: fc.boolean(),
    deliver: fc.option(order),
    email: fc.record({ subject: word, note: longText, from: fc.option(fc.constant('a@b.example')) }, maybe),
    fax: fc.record({ subject: word, note: longText, cover: fc.constantFrom('never', 'always') }, maybe),
  },
  maybe,
);

const secretText = fc.stringMatching(/^[A-Za-z]{3}[0-9]{6}$/).map((text) => `hidden-${text}`);
const secret = fc.oneof(
  secretText,
  fc.record({ env: fc.constantFrom('A', 'OFFICE_PASSWORD') }),
  fc.record({ file: word }),
);
const limits = fc.record(
  { connections: fc.integer({ min: 1, max: 9 }), perDay: fc.option(fc.integer({ min: 1, max: 9999 })) },
  maybe,
);
const login = fc.oneof(
  fc.record({ password: secret }),
  fc.record({
    oauth: fc.oneof(
      fc.record({ kind: fc.constant('microsoft'), tenant: fc.constant('t.example'), client: word, secret }),
      fc.record({
        kind: fc.constant('microsoft'),
        tenant: fc.constant('t'),
        client: word,
        certificate: fc.record({ file: word }),
      }),
      fc.record({ kind: fc.constant('google'), key: fc.record({ file: word }) }),
      fc.record(
        {
          kind: fc.constant('refresh'),
          tokenUrl: fc.constant('https://a.example/t'),
          client: word,
          secret,
          refreshToken: secret,
          scope: word,
        },
        { requiredKeys: ['kind', 'tokenUrl', 'client', 'refreshToken'] },
      ),
    ),
  }),
);
const server = fc.record(
  {
    kind: fc.constant('smtp'),
    host: fc.constantFrom('smtp.example', '[DEBUG]10.0.0.1', '::1'),
    user: word,
    port: fc.integer({ min: 1, max: 65535 }),
    minTls: fc.constantFrom('1.0', '1.2'),
    limits: fc.tuple(limits, fc.record({ window: fc.integer({ min: 1, max: 16 }) }, maybe)).map(([of, more]) => ({
      ...of,
      ...more,
    })),
    binary: fc.boolean(),
    avoid: fc.constantFrom(['DSN'], []),
  },
  { requiredKeys: ['kind', 'host', 'user'] },
);
const smtp = fc.tuple(server, login).map(([fields, proof]) => ({ ...fields, ...proof }));
const driver = fc.record({
  kind: fc.constant('driver'),
  command: word.map((text) => `/opt/${text}`),
  arguments: fc.array(word),
});
const rule = fc.record(
  { class: fc.option(word), deliver: fc.dictionary(fc.constant('default'), order) },
  { requiredKeys: ['deliver'] },
);

const rowsOf = (section: string, entries: Record<string, unknown>): RawSetting[] =>
  Object.entries(entries).map(([entry, value]) => ({ section, name: entry, value }));
const named = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });

const written: fc.Arbitrary<RawSetting[]> = fc
  .record({
    company,
    types: named(documentType),
    transports: named(fc.oneof(smtp, driver)),
    rules: fc.array(rule, { maxLength: 3 }),
    users: named(fc.record({ role: fc.constantFrom('clerk', 'admin') })),
    folders: fc.array(fc.record({ path: word }), { maxLength: 3 }),
  })
  .map(({ company: value, types, transports, rules, users, folders }) => [
    { section: 'company', name: '', value },
    ...rowsOf('documentTypes', types),
    ...rowsOf('transports', transports),
    ...rules.map((entry, at) => ({ section: 'rules', name: nameOfPosition(at), value: entry })),
    ...rowsOf('users', users),
    ...folders.map((entry, at) => ({ section: 'hotFolders', name: nameOfPosition(at), value: entry })),
  ])
  .map(stored);

/** Everything that could show a secret, in one text. */
function everythingShown(raw: RawSetting[]): string {
  const text = exportSettings(raw);
  const broken = raw.map((setting) => ({ ...setting, value: { ...(setting.value as object), extra: 1, port: 'x' } }));
  const { faults } = examineSettings(broken);
  const read = parseSettingsFile(text.replace('kind:', 'kid:')).faults;
  return [text, JSON.stringify(differenceOf([], raw)), ...locate(faults).map(writeFault), ...read.map(writeFault)].join(
    '\n',
  );
}

const secretsOf = (raw: RawSetting[]): string[] => JSON.stringify(raw).match(/hidden-[A-Za-z]{3}\d{6}/g) ?? [];

test('any settings, exported and applied again, change nothing', () => {
  fc.assert(
    fc.property(written, (raw) => {
      const kept = sealRaw(raw, key);
      const before = checkSettings(kept);
      const after = sealRaw(mergeRaw(kept, readSettingsFile(exportSettings(kept), 'export').raw), key, kept);
      assert.deepEqual(after, kept);
      assert.deepEqual(differenceOf(kept, after), []);
      assert.deepEqual(checkSettings(after), before);
    }),
  );
});

test('no secret is stored in clear, nor ever in an export, a difference or a fault', () => {
  fc.assert(
    fc.property(written, (raw) => {
      const kept = sealRaw(raw, key);
      assert.deepEqual(secretsOf(kept), []);
      // The rows in clear too: whatever came into the database, the way out hides it.
      const shown = everythingShown(kept) + everythingShown(raw) + JSON.stringify(differenceOf(kept, raw));
      assert.deepEqual(secretsOf([{ section: '', name: '', value: shown }]), []);
      for (const sealed of JSON.stringify(kept).match(/v1:[A-Za-z0-9+/=]+/g) ?? []) assert.ok(!shown.includes(sealed));
    }),
  );
});

const addresses = fc.array(fc.constantFrom('a@b.example', 'c@d.example'), { maxLength: 2 });
const customer: fc.Arbitrary<Customer> = fc
  .record({
    company: fc.constant('ACME'),
    number: word.filter((text) => text.trim() === text),
    name: word,
    class: fc.option(word),
    language: fc.option(fc.constant('de')),
    timeZone: fc.option(fc.constant('Europe/Berlin')),
    salesperson: fc.option(word),
    email: addresses,
    fax: fc.array(fc.constant('+13035550100'), { maxLength: 1 }),
    cc: addresses,
    bcc: addresses,
    deliver: fc.dictionary(fc.constantFrom('default', 'invoice'), order, { noNullPrototype: true }),
    note: fc.record({ email: fc.option(longText), fax: fc.option(longText) }),
    owners: fc.constant({}),
    source: fc.constant('customers.csv'),
  })
  .map(stored);

test('any customers come back from an export as they were, number for number', () => {
  const many = fc.uniqueArray(customer, { selector: ({ number }) => number, maxLength: 4 });
  fc.assert(
    fc.property(many, (customers) => {
      const { customers: read } = readSettingsFile(exportSettings([], customers), 'export');
      const plain = read.map(({ given: _given, ...fields }) => fields);
      const wanted = customers.map(({ company: _company, owners: _owners, source: _source, ...fields }) => fields);
      const byNumber = <T extends { number: string }>(list: T[]): T[] =>
        list.toSorted((a, b) => (a.number < b.number ? -1 : 1));
      assert.deepEqual(byNumber(plain), byNumber(wanted));
    }),
  );
});
