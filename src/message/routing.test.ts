import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sampleCustomer } from '../../test/support/samples.ts';
import { sampleSettings } from '../../test/support/settings.ts';
import { route, type RoutingInput } from './routing.ts';

const nobody = { email: [], fax: [], source: 'invoices.csv, row 3', level: 'row' } as const;

const routed = (change: Partial<RoutingInput> = {}) =>
  route({
    settings: sampleSettings(),
    typeCode: 'invoice',
    customerNumber: '01-ABF',
    customer: sampleCustomer(),
    explicit: nobody,
    suppressed: () => null,
    ...change,
  });

const shown = (destinations: ReturnType<typeof route>) =>
  destinations.map(({ channel, recipient, role, reason }) => [channel, recipient, role, reason]);

suite('the delivery rule', () => {
  test('its first channel with a usable address is taken', () => {
    const customer = sampleCustomer({ deliver: { default: ['email', 'fax'] } });
    assert.deepEqual(shown(routed({ customer })), [['email', 'ap@abf.example', 'to', null]]);
    const faxOnly = sampleCustomer({ email: [], deliver: { default: ['email', 'fax'] } });
    assert.deepEqual(shown(routed({ customer: faxOnly })), [['fax', '+14145550134', 'to', null]]);
  });

  test('the rule of the document type wins over the default', () => {
    const customer = sampleCustomer({ deliver: { default: ['email'], statement: ['fax'] } });
    assert.equal(routed({ customer, typeCode: 'statement' })[0]!.channel, 'fax');
  });

  test('customer, class, general rule, type, company: the nearest says it, and why tells which', () => {
    const settings = sampleSettings([
      { class: 'fleet', deliver: { default: ['fax'] } },
      { deliver: { default: ['print'] } },
    ]);
    const why = (change: Parameters<typeof sampleCustomer>[0]) =>
      routed({ settings, customer: sampleCustomer(change) })[0]!;
    assert.deepEqual(
      [why({ deliver: { default: ['email'] } }).why.level, why({ deliver: { default: ['email'] } }).channel],
      ['customer', 'email'],
    );
    assert.deepEqual([why({ class: 'fleet' }).why.level, why({ class: 'fleet' }).channel], ['class', 'fax']);
    assert.deepEqual([why({}).why.level, why({}).reason], ['company', 'to-print']);
    assert.match(why({ class: 'fleet' }).why.text, /class fleet/);
  });

  test('several addresses are several messages with the same visible headers; a copy is one too', () => {
    const customer = sampleCustomer({
      email: ['a@abf.example', 'b@abf.example'],
      cc: ['c@abf.example'],
      bcc: ['d@abf.example'],
    });
    const destinations = routed({ customer });
    assert.deepEqual(
      destinations.map(({ recipient, role }) => [recipient, role]),
      [
        ['a@abf.example', 'to'],
        ['b@abf.example', 'to'],
        ['c@abf.example', 'cc'],
        ['d@abf.example', 'bcc'],
      ],
    );
    for (const { to, cc } of destinations)
      assert.deepEqual([to, cc], [['a@abf.example', 'b@abf.example'], ['c@abf.example']]);
  });

  test('none means no message, print is held for a person', () => {
    assert.deepEqual(routed({ customer: sampleCustomer({ deliver: { default: ['none'] } }) }), []);
    assert.equal(routed({ customer: sampleCustomer({ deliver: { default: ['print'] } }) })[0]!.reason, 'to-print');
  });
});

suite('an address that came with the document', () => {
  test('wins over directory and rule', () => {
    const explicit = { ...nobody, email: ['new@abf.example'] };
    const [destination] = routed({ explicit, customer: sampleCustomer({ deliver: { default: ['fax'] } }) });
    assert.deepEqual(
      [destination!.recipient, destination!.why.level, destination!.why.source],
      ['new@abf.example', 'row', 'invoices.csv, row 3'],
    );
  });

  test('needs no customer', () => {
    const explicit = { ...nobody, email: ['new@abf.example'] };
    assert.equal(routed({ explicit, customer: null, customerNumber: '' })[0]!.reason, null);
  });

  test('by email and fax: a command means both, a row the first of the rule', () => {
    const explicit = { ...nobody, email: ['new@abf.example'], fax: ['414 555 0199'] };
    assert.deepEqual(
      routed({ explicit: { ...explicit, level: 'command' } }).map(({ channel }) => channel),
      ['email', 'fax'],
    );
    const customer = sampleCustomer({ deliver: { default: ['fax', 'email'] } });
    assert.deepEqual(
      routed({ explicit, customer }).map(({ channel }) => channel),
      ['fax'],
    );
  });
});

suite('what can not go is blocked with the reason', () => {
  const reasonOf = (change: Partial<RoutingInput>) => routed(change)[0]!.reason;

  test('no address, unknown customer, unknown type, no transport', () => {
    assert.equal(reasonOf({ customer: sampleCustomer({ email: [], fax: [] }) }), 'no-address');
    assert.equal(reasonOf({ customer: null }), 'unknown-customer');
    assert.equal(reasonOf({ typeCode: 'receipt' }), 'unknown-type');
    const twoGateways = sampleSettings();
    delete twoGateways.transports['office'];
    assert.equal(reasonOf({ settings: twoGateways, typeCode: 'order' }), 'no-transport');
  });

  test('an address that can not be right is named, and a good one beside it still goes', () => {
    const customer = sampleCustomer({ email: ['ap@abf', 'ok@abf.example'] });
    assert.deepEqual(shown(routed({ customer })), [
      ['email', 'ap@abf', 'to', 'bad-address'],
      ['email', 'ok@abf.example', 'to', null],
    ]);
  });

  test('a number that can not be right falls back to the next channel', () => {
    const customer = sampleCustomer({ fax: ['12'], deliver: { default: ['fax', 'email'] } });
    const [destination] = routed({ customer });
    assert.deepEqual([destination!.channel, destination!.reason], ['email', null]);
    assert.match(destination!.why.text, /fax could not be used/);
  });

  test('a suppressed address is blocked, with since when and why', () => {
    const suppressed = () => ({
      id: '1',
      channel: 'email' as const,
      address: '',
      reason: 'hard bounce',
      since: Date.UTC(2026, 0, 2),
      until: null,
      by: 'x',
    });
    const [destination] = routed({ suppressed, customer: sampleCustomer({ fax: [] }) });
    assert.equal(destination!.reason, 'suppressed');
    assert.match(destination!.detail!, /2026-01-02.*hard bounce/);
  });
});
