// Promises of the settings of mailboxes: Microsoft Graph, and drafts for a person.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { TransportSettings } from '../message/settings.ts';
import { checkSettings, examineSettings } from './check-settings.ts';
import { writePath } from './fault.ts';
import { exportSettings } from './export-settings.ts';
import { planApply } from './plan-apply.ts';
import type { RawSetting } from './raw-setting.ts';
import { makeSecretKey } from './secret-key.ts';

const row = (section: string, name: string, value: unknown): RawSetting => ({ section, name, value });
const company = row('company', '', { code: 'A', name: 'Acme', email: 'a@acme.example' });
const oauth = { kind: 'microsoft', tenant: 't', client: 'c', secret: { env: 'X' } };
const graph = { kind: 'graph', user: 'billing@acme.example', oauth };
const imap = { kind: 'outlook', by: 'imap', host: 'imap.acme.example', user: 'anna', password: { env: 'X' } };

function filled(value: object): TransportSettings {
  return checkSettings([company, row('transports', 't', value)]).transports['t']!;
}

const faults = (value: object, ...more: RawSetting[]): string[] =>
  examineSettings([company, row('transports', 't', value), ...more]).faults.map(({ path }) => writePath(path));

test('a mailbox at Graph has the limits of Microsoft, a little below, unless others are written', () => {
  const found = filled(graph);
  assert.deepEqual(found.limits, { connections: 4, perMinute: 25, perDay: 9000 });
  assert.ok(found.kind === 'graph');
  assert.equal(found.baseUrl, 'https://graph.microsoft.com/v1.0');
  assert.deepEqual(filled({ ...graph, limits: { perMinute: null, perDay: 5 } }).limits, {
    connections: 4,
    perMinute: null,
    perDay: 5,
  });
});

test('Microsoft takes four at a time: more is refused', () => {
  assert.deepEqual(faults({ ...graph, limits: { connections: 5 } }), ['transports.t.limits.connections']);
  assert.deepEqual(faults({ ...graph, limits: { connections: 4 } }), []);
});

test('documents and tokens go by https only, or to this machine', () => {
  for (const baseUrl of ['https://graph.microsoft.us/v1.0/', 'http://127.0.0.1:8080/v1.0']) {
    assert.deepEqual(faults({ ...graph, baseUrl }), []);
  }
  for (const baseUrl of ['http://graph.microsoft.com/v1.0', 'graph.microsoft.com', 'https://a:b@graph.example/v1.0']) {
    assert.deepEqual(faults({ ...graph, baseUrl }), ['transports.t.baseUrl']);
  }
  const found = filled({ ...graph, baseUrl: 'https://graph.microsoft.us/v1.0/' });
  assert.ok(found.kind === 'graph');
  assert.equal(found.baseUrl, 'https://graph.microsoft.us/v1.0');
});

test('a mailbox at Graph needs a user, and a login at Microsoft with one proof', () => {
  assert.deepEqual(faults({ kind: 'graph', oauth }), ['transports.t.user']);
  assert.deepEqual(faults({ kind: 'graph', user: 'billing@acme.example' }), ['transports.t.oauth']);
  assert.deepEqual(faults({ ...graph, oauth: { ...oauth, secret: null } }), ['transports.t.oauth.secret']);
  assert.deepEqual(faults({ ...graph, oauth: { kind: 'google', key: { file: '/k.json' } } }), [
    'transports.t.oauth.kind',
  ]);
  assert.deepEqual(faults({ ...graph, password: 'x' }).toSorted(), ['transports.t.password', 'transports.t.password']);
});

test('drafts say by which way, and take only the keys of that way', () => {
  assert.deepEqual(faults({ kind: 'outlook' }), ['transports.t.by']);
  assert.deepEqual(faults({ kind: 'outlook', by: 'pop' }), ['transports.t.by']);
  assert.deepEqual(faults({ kind: 'outlook', by: 'file', folder: 'drafts' }), ['transports.t.folder']);
  assert.deepEqual(faults({ kind: 'outlook', by: 'file', folder: '/d', user: 'u' }), ['transports.t.user']);
  for (const folder of ['/srv/drafts', 'C:\\drafts'])
    assert.deepEqual(faults({ kind: 'outlook', by: 'file', folder }), []);
  assert.deepEqual(faults({ ...graph, kind: 'outlook', by: 'graph' }), []);
});

test('an unknown kind is told with the known ones', () => {
  const { faults: found } = examineSettings([company, row('transports', 't', { kind: 'grahp' })]);
  assert.match(found[0]!.hint, /graph/);
});

test('IMAP: TLS from the start on 993, STARTTLS on 143; in clear only at home', () => {
  const of = (change: object) => {
    const found = filled({ ...imap, ...change });
    assert.ok(found.kind === 'outlook' && found.by === 'imap');
    return [found.port, found.tls];
  };
  assert.deepEqual(of({}), [993, 'implicit']);
  assert.deepEqual(of({ port: 143 }), [143, 'required']);
  assert.deepEqual(of({ tls: 'required' }), [143, 'required']);
  assert.deepEqual(faults({ ...imap, tls: 'none', host: '8.8.8.8' }), ['transports.t.tls']);
  for (const host of ['127.0.0.1', '10.1.2.3', 'localhost'])
    assert.deepEqual(faults({ ...imap, tls: 'none', host }), []);
  assert.deepEqual(faults({ ...imap, tls: 'none', host: 'imap.acme.example' }), ['transports.t.tls']);
  assert.deepEqual(faults({ ...imap, tls: 'opportunistic' }), ['transports.t.tls']);
});

test('IMAP logs in with a password or with oauth: one, not both, not none', () => {
  assert.deepEqual(faults({ ...imap, password: null }), ['transports.t.password']);
  assert.deepEqual(faults({ ...imap, oauth }), ['transports.t.password']);
  assert.deepEqual(faults({ ...imap, password: null, oauth }), []);
});

test('a token of IMAP goes in clear on this machine only', () => {
  const clear = { ...imap, password: null, oauth, tls: 'none' };
  assert.deepEqual(faults({ ...clear, host: '127.0.0.1' }), []);
  assert.deepEqual(faults({ ...clear, host: '10.1.2.3' }), ['transports.t.tls']);
});

test('a mailbox sends email and is no fax gateway', () => {
  const type = (channel: string) => row('documentTypes', 'invoice', { [channel]: { transport: 't' } });
  assert.deepEqual(faults(graph, type('email')), []);
  assert.deepEqual(faults(graph, type('fax')), ['documentTypes.invoice.fax.transport']);
});

test('secrets of mailboxes are sealed, read at apply, and never exported', async () => {
  const key = makeSecretKey(randomBytes(32));
  const text = `company: { code: A, name: Acme, email: a@acme.example }
transports:
  cloud: { kind: graph, user: b@acme.example, oauth: { kind: microsoft, tenant: t, client: c, secret: hunter2 } }
  desk: { kind: outlook, by: imap, host: h.example, user: u, password: hunter3 }
`;
  const plan = await planApply({ text, file: 'a.yaml', current: [], key });
  assert.doesNotMatch(JSON.stringify(plan), /hunter/);
  assert.doesNotMatch(exportSettings(plan.after), /hunter/);
  assert.equal(plan.notes.length, 2);
  const missing = text
    .replace('hunter3', '{ file: /nowhere/password }')
    .replace('hunter2', '{ file: /nowhere/secret }');
  await assert.rejects(planApply({ text: missing, file: 'a.yaml', current: [], key }), (error: Error) => {
    assert.match(error.message, /cloud.*oauth.*secret/);
    assert.match(error.message, /desk.*password/);
    return true;
  });
});
