// Promises of the checked settings: presets and defaults filled in, names that do not fit are refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmtpSettings } from '../message/settings.ts';
import { checkSettings, examineSettings } from './check-settings.ts';
import { SettingsError, writePath } from './fault.ts';
import { presets } from './presets.ts';
import type { RawSetting } from './raw-setting.ts';

const company: RawSetting = {
  section: 'company',
  name: '',
  value: { code: 'A', name: 'Acme', email: 'a@acme.example' },
};
const row = (section: string, name: string, value: unknown): RawSetting => ({ section, name, value });

function smtp(value: object): SmtpSettings {
  const { transports } = checkSettings([company, row('transports', 't', { kind: 'smtp', ...value })]);
  const found = transports['t'];
  assert.ok(found?.kind === 'smtp');
  return found;
}

const pathsOf = (...raw: RawSetting[]): string[] =>
  examineSettings([company, ...raw]).faults.map(({ path }) => writePath(path));

const transportFaults = (value: object): string[] =>
  pathsOf(row('transports', 't', { kind: 'smtp', host: 'h.example', ...value }));

test('a preset fills what is not written, and what is written wins', () => {
  const office = smtp({ preset: 'office365', limits: { perMinute: 10 } });
  assert.equal(office.host, 'smtp.office365.com');
  assert.equal(office.port, 587);
  assert.equal(office.tls, 'required');
  assert.deepEqual(office.limits, {
    connections: 2,
    perMinute: 10,
    perDay: 9000,
    sessionMinutes: 15,
    bytesPerConnection: null,
    largestMessage: 157_286_400,
    window: 1,
  });
});

test('one message at a time is on its way over a connection, and no attachment goes as it is, unless somebody says so', () => {
  const [usual, wide] = [
    smtp({ host: 'h.example' }),
    smtp({ host: 'h.example', binary: true, limits: { window: 16 } }),
  ];
  assert.deepEqual([usual.limits.window, usual.binary, wide.limits.window, wide.binary], [1, false, 16, true]);
  assert.deepEqual(transportFaults({ limits: { window: 17 } }), ['transports.t.limits.window']);
  assert.deepEqual(transportFaults({ limits: { window: 0 } }), ['transports.t.limits.window']);
});

test('null lifts a limit of the preset', () => {
  assert.equal(smtp({ preset: 'office365', limits: { perDay: null } }).limits.perDay, null);
  assert.equal(smtp({ preset: 'postmark', limits: { largestMessage: null } }).limits.largestMessage, null);
});

test('what is written wins over the size, the age and the bytes of a preset', () => {
  const limits = { sessionMinutes: 3, bytesPerConnection: 1_000_000, largestMessage: 2_000_000, window: 3 };
  const { connections, perMinute, perDay, ...written } = smtp({ preset: 'office365', limits }).limits;
  assert.deepEqual(written, limits);
  assert.deepEqual([connections, perMinute, perDay], [2, 25, 9000]);
});

test('a driver has no connection, so it takes no limit of one', () => {
  const driverWith = { kind: 'driver', command: '/opt/send.sh', limits: { largestMessage: 1_000_000 } };
  assert.deepEqual(pathsOf(row('transports', 't', driverWith)), ['transports.t.limits.largestMessage']);
});

test('an alias is the preset that it names', () => {
  assert.deepEqual(smtp({ preset: 'gmail' }), smtp({ preset: 'google-mailbox' }));
});

test('the port of a provider brings its TLS', () => {
  assert.equal(smtp({ preset: 'smtp2go', port: 8465 }).tls, 'implicit');
  assert.equal(smtp({ preset: 'smtp2go', port: 2525 }).tls, 'required');
  assert.equal(smtp({ preset: 'smtp2go', port: 8465, tls: 'required' }).tls, 'required');
});

test('every preset makes settings that are taken, with a host where it has none', () => {
  for (const [name, preset] of Object.entries(presets)) {
    const settings = smtp({ preset: name, ...(preset.host === undefined ? { host: 'mail.acme.example' } : {}) });
    assert.equal(settings.preset, name);
    assert.ok(settings.limits.connections >= 1);
  }
});

test('every preset says when its figures were looked up', () => {
  for (const { asOf } of Object.values(presets)) assert.match(asOf, /^\d{4}-\d\d-\d\d$/);
});

test('without a word about TLS, TLS is required', () => {
  assert.equal(smtp({ host: 'h.example' }).tls, 'required');
  assert.equal(smtp({ host: 'h.example', port: 25 }).tls, 'required');
});

test('port 465 speaks TLS from the first byte, with a preset too', () => {
  assert.equal(smtp({ host: 'h.example', port: 465 }).tls, 'implicit');
  assert.equal(smtp({ preset: 'sendgrid', port: 465 }).tls, 'implicit');
});

test('the port follows the TLS mode', () => {
  assert.equal(smtp({ host: 'h.example' }).port, 587);
  assert.equal(smtp({ host: 'h.example', tls: 'implicit' }).port, 465);
  assert.equal(smtp({ host: 'h.example', tls: 'none' }).port, 25);
  assert.equal(smtp({ preset: 'sendgrid', tls: 'implicit' }).port, 465);
});

test('[DEBUG] before the host switches the transcript file on and is no part of the name', () => {
  for (const host of ['[DEBUG]smtp.example', '[debug] smtp.example']) {
    const settings = smtp({ host });
    assert.equal(settings.host, 'smtp.example');
    assert.equal(settings.debug, true);
  }
  assert.equal(smtp({ host: 'smtp.example' }).debug, false);
});

test('a fingerprint is tidied to one form', () => {
  const digits = 'ab'.repeat(32);
  const tidy = `SHA256:${Array.from({ length: 32 }, () => 'AB').join(':')}`;
  assert.equal(smtp({ host: 'h.example', fingerprint: `sha256:${digits}` }).fingerprint, tidy);
  assert.equal(smtp({ host: 'h.example', fingerprint: tidy }).fingerprint, tidy);
});

test('a user needs a password, and a password a user', () => {
  assert.deepEqual(transportFaults({ user: 'u' }), ['transports.t.password']);
  assert.deepEqual(transportFaults({ password: { env: 'X' } }), ['transports.t.user']);
});

test('a password goes in clear only by explicit choice, and never over the public network', () => {
  const login = { user: 'u', password: { env: 'X' } };
  assert.deepEqual(transportFaults({ ...login, tls: 'none' }), ['transports.t.tls']);
  assert.deepEqual(transportFaults({ ...login, tls: 'none', authInClear: true, host: '10.1.2.3' }), []);
  assert.deepEqual(transportFaults({ ...login, tls: 'none', authInClear: true, host: '::1' }), []);
  assert.deepEqual(transportFaults({ ...login, tls: 'none', authInClear: true, host: '8.8.8.8' }), [
    'transports.t.authInClear',
  ]);
  assert.deepEqual(transportFaults({ ...login, authInClear: true }), ['transports.t.authInClear']);
});

test('stunnel on this machine takes a password, elsewhere it does not', () => {
  const login = { preset: 'stunnel', user: 'u', password: { env: 'X' } };
  assert.equal(smtp(login).authInClear, true);
  assert.deepEqual(transportFaults({ ...login, host: '8.8.8.8' }), ['transports.t.authInClear']);
});

test('a transport needs a host, and a preset that exists', () => {
  assert.deepEqual(pathsOf(row('transports', 't', { kind: 'smtp' })), ['transports.t.host']);
  assert.deepEqual(transportFaults({ preset: 'ofice365' }), ['transports.t.preset']);
  assert.deepEqual(transportFaults({ preset: 'constructor' }), ['transports.t.preset']);
});

test('a certificate is not named where none is looked at', () => {
  assert.deepEqual(transportFaults({ tls: 'none', ca: { file: '/ca.pem' } }), ['transports.t.ca']);
});

const mail = row('transports', 'mail', { kind: 'smtp', host: 'h.example' });
const gateway = row('transports', 'efax', { kind: 'smtp', host: 'h.example', preset: 'efax' });
const driver = row('transports', 'old', { kind: 'driver', command: '/opt/send.sh' });
const type = (value: object): RawSetting => row('documentTypes', 'invoice', value);

test('a transport that a document type names must exist and fit the channel', () => {
  assert.deepEqual(pathsOf(mail, type({ email: { transport: 'mial' } })), ['documentTypes.invoice.email.transport']);
  assert.deepEqual(pathsOf(mail, type({ fax: { transport: 'mail' } })), ['documentTypes.invoice.fax.transport']);
  assert.deepEqual(pathsOf(gateway, type({ email: { transport: 'efax' } })), ['documentTypes.invoice.email.transport']);
  assert.deepEqual(pathsOf(mail, gateway, type({ email: { transport: 'mail' }, fax: { transport: 'efax' } })), []);
  assert.deepEqual(pathsOf(driver, type({ email: { transport: 'old' }, fax: { transport: 'old' } })), []);
  assert.deepEqual(pathsOf(type({ email: { transport: 'constructor' } })), ['documentTypes.invoice.email.transport']);
});

test('a faulty transport is not also told as a missing one', () => {
  const faulty = row('transports', 'mail', { kind: 'smtp', host: 'h.example', port: 0 });
  assert.deepEqual(pathsOf(faulty, type({ email: { transport: 'mail' } })), ['transports.mail.port']);
});

test('a rule names document types that exist', () => {
  const rule = row('rules', '0001', { deliver: { default: ['fax'], invoise: ['fax'] } });
  assert.deepEqual(pathsOf(type({}), row('rules', '0000', { class: 1, delivr: 0 }), rule).slice(-1), [
    'rules.1.deliver.invoise',
  ]);
});

test('rules keep their order', () => {
  const rules = ['c', 'a', 'b'].map((name, at) =>
    row('rules', `000${at}`, { class: name, deliver: { default: ['fax'] } }),
  );
  assert.deepEqual(
    checkSettings([company, ...rules.toReversed()]).rules.map((rule) => rule.class),
    ['c', 'a', 'b'],
  );
});

test('a document type with nothing but a name is complete', () => {
  const { documentTypes } = checkSettings([company, row('documentTypes', 'statement', {})]);
  assert.equal(documentTypes['statement']?.name, 'statement');
  assert.equal(documentTypes['statement']?.fileName, 'statement {{ document.number }}.pdf');
  assert.equal(documentTypes['statement']?.uncertain, 'hold');
  assert.equal(documentTypes['statement']?.fax.cover, 'when-note');
});

test('without a company nothing is taken', () => {
  assert.throws(() => checkSettings([mail]), SettingsError);
});

test('a secret in clear is never taken into the settings', () => {
  assert.deepEqual(transportFaults({ user: 'u', password: 'hunter2' }), [
    'transports.t.password',
    'transports.t.password',
  ]);
});

const app = { kind: 'microsoft', tenant: 'acme.example', client: 'c', secret: { env: 'X' } };
const oauthFaults = (oauth: object, more: object = {}): string[] => transportFaults({ user: 'u', oauth, ...more });

test('a mailbox logs in with a token in place of a password, and has one way only', () => {
  assert.deepEqual(oauthFaults(app), []);
  assert.deepEqual(oauthFaults(app, { password: { env: 'X' } }), ['transports.t.password']);
  assert.deepEqual(transportFaults({ oauth: app }), ['transports.t.user']);
  assert.deepEqual(smtp({ host: 'h.example', user: 'u', oauth: app }).oauth, {
    ...app,
    certificate: null,
    tokenUrl: null,
    scope: null,
  });
});

test('Microsoft wants a secret or a certificate, and one tenant', () => {
  const { secret: _, ...bare } = app;
  assert.deepEqual(oauthFaults(bare), ['transports.t.oauth.secret']);
  assert.deepEqual(oauthFaults({ ...bare, certificate: { file: '/c.pem' } }), []);
  assert.deepEqual(oauthFaults({ ...app, certificate: { file: '/c.pem' } }), ['transports.t.oauth.secret']);
  for (const tenant of ['common', 'organizations', 'a/b']) {
    assert.deepEqual(oauthFaults({ ...app, tenant }), ['transports.t.oauth.tenant']);
  }
});

test('each kind has its own keys, and an unknown kind is told with those that there are', () => {
  assert.deepEqual(oauthFaults({ ...app, refreshToken: { env: 'X' } }), ['transports.t.oauth.refreshToken']);
  assert.deepEqual(oauthFaults({ kind: 'google' }), ['transports.t.oauth.key']);
  assert.deepEqual(oauthFaults({ kind: 'google', key: { file: '/k.json' } }), []);
  assert.deepEqual(oauthFaults({ kind: 'refresh', client: 'c' }), [
    'transports.t.oauth.tokenUrl',
    'transports.t.oauth.refreshToken',
  ]);
  assert.deepEqual(oauthFaults({ kind: 'exchange' }), ['transports.t.oauth.kind']);
  const raw = [company, row('transports', 't', { kind: 'smtp', host: 'h.example', user: 'u', oauth: { kind: 'x' } })];
  assert.match(examineSettings(raw).faults[0]!.hint, /microsoft, google, refresh/);
});

test('a secret goes to a token endpoint by https only, or to this machine', () => {
  for (const tokenUrl of ['https://login.example/t', 'http://127.0.0.1:8080/t', 'http://localhost/t']) {
    assert.deepEqual(oauthFaults({ ...app, tokenUrl }), []);
  }
  for (const tokenUrl of [
    'http://login.example/t',
    'http://127.0.0.1.example/t',
    'https://u:p@login.example/t',
    'login',
  ]) {
    assert.deepEqual(oauthFaults({ ...app, tokenUrl }), ['transports.t.oauth.tokenUrl']);
  }
});

test('a token goes in clear on this machine only', () => {
  const clear = { tls: 'none', authInClear: true };
  assert.deepEqual(oauthFaults(app, { ...clear, host: '127.0.0.1' }), []);
  assert.deepEqual(oauthFaults(app, { ...clear, host: '10.1.2.3' }), ['transports.t.authInClear']);
  assert.deepEqual(oauthFaults(app, { tls: 'none' }), ['transports.t.tls']);
});
