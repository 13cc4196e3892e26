// Tests of what an import does to the directory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Customer } from '../../message/settings.ts';
import type { CustomerRow } from './customer-row.ts';
import { planCustomerImport } from './plan.ts';
import type { CustomerPlan } from './plan.ts';
import { readCustomerFile } from './read.ts';

const context = {
  company: 'ACME',
  source: 'customers.csv, 2026-11-24',
  country: 'US',
  types: ['invoice', 'statement', 'order'],
};
const rowsOf = (text: string): CustomerRow[] => readCustomerFile(Buffer.from(text), null, 'customers.csv').rows;
const none: ReadonlyMap<string, Customer> = new Map();

/** The directory after the plan. */
const applied = (current: ReadonlyMap<string, Customer>, plan: CustomerPlan): Map<string, Customer> =>
  new Map([
    ...current,
    ...[...plan.new, ...plan.changed.map(({ after }) => after)].map((one): [string, Customer] => [one.number, one]),
  ]);

const directory = (text: string): Map<string, Customer> =>
  applied(none, planCustomerImport(none, rowsOf(text), context));

test('a customer that is not there is new, with the fields of the file owned by the import', () => {
  const plan = planCustomerImport(none, rowsOf('customer,name,email\n01-ABF,American,ap@abf.example\n'), context);
  assert.deepEqual(plan, {
    new: [
      {
        company: 'ACME',
        number: '01-ABF',
        name: 'American',
        class: null,
        language: null,
        timeZone: null,
        salesperson: null,
        email: ['ap@abf.example'],
        fax: [],
        cc: [],
        bcc: [],
        deliver: {},
        note: { email: null, fax: null },
        owners: { name: 'import', email: 'import' },
        source: 'customers.csv, 2026-11-24',
      },
    ],
    changed: [],
    unchanged: 0,
    kept: [],
    refused: [],
    warnings: [],
  });
});

test('a changed customer shows before, after and the fields; fields without a column stay', () => {
  const current = directory('customer,name,email,language\n1,Ann,a@x.example,de\n');
  const plan = planCustomerImport(current, rowsOf('customer,name,email\n1,Ann,b@x.example\n'), {
    ...context,
    source: 'new.csv',
  });
  const [change] = plan.changed;
  assert.deepEqual(change?.fields, ['email']);
  assert.deepEqual(change?.before, current.get('1'));
  assert.deepEqual(change?.after, { ...current.get('1'), email: ['b@x.example'], source: 'new.csv' });
});

test('an empty cell empties the field', () => {
  const current = directory('customer,name,fax,language\n1,Ann,4145550134,de\n');
  const [change] = planCustomerImport(current, rowsOf('customer,name,fax,language\n1,Ann,,\n'), context).changed;
  assert.deepEqual([change?.after.fax, change?.after.language], [[], null]);
});

test("a person's field is not overwritten, and what is kept against what is told with the person", () => {
  const current = directory('customer,name,email,deliver\n1,Ann,a@x.example,email\n');
  const ann = current.get('1');
  assert.ok(ann);
  const owners = { ...ann.owners, email: 'anna', deliver: 'anna' };
  current.set('1', { ...ann, email: ['right@x.example', 'two@x.example'], deliver: { default: ['fax'] }, owners });
  const plan = planCustomerImport(
    current,
    rowsOf('customer,name,email,deliver\n1,Ann Smith,a@x.example,email\n'),
    context,
  );
  assert.deepEqual(plan.kept, [
    { customer: '1', field: 'email', kept: 'right@x.example; two@x.example', offered: 'a@x.example', owner: 'anna' },
    { customer: '1', field: 'deliver', kept: 'default=fax', offered: 'default=email', owner: 'anna' },
  ]);
  const [change] = plan.changed;
  assert.deepEqual(change?.fields, ['name']);
  assert.deepEqual(change?.after.email, ['right@x.example', 'two@x.example']);
  assert.equal(change?.after.owners['email'], 'anna');
});

test('a customer of whom only kept fields differ is unchanged', () => {
  const current = directory('customer,name\n1,Ann\n');
  const ann = current.get('1');
  assert.ok(ann);
  current.set('1', { ...ann, name: 'Anna', owners: { name: 'anna' } });
  const { unchanged, changed, kept } = planCustomerImport(current, rowsOf('customer,name\n1,Ann\n'), context);
  assert.deepEqual({ unchanged, changed, kept: kept.length }, { unchanged: 1, changed: [], kept: 1 });
});

test('a number twice with the same data is taken once, with different data not at all', () => {
  const text = 'customer,name\n1,Ann\n2,Bob\n1,Ann\n2,Bobby\n3,Eve\n';
  const plan = planCustomerImport(none, rowsOf(text), context);
  assert.deepEqual(
    plan.new.map(({ number }) => number),
    ['1', '3'],
  );
  const detail = 'the number stands on lines 3, 5 with different data: leave only one of them';
  assert.deepEqual(plan.refused, [
    { line: 3, customer: '2', detail },
    { line: 5, customer: '2', detail },
  ]);
});

test('a bad address, number or time zone is taken verbatim and warned of', () => {
  const text = 'customer,name,email,cc,fax,timeZone\n1,Ann,ann(at)x,ok@x.example,12,Mars/Base\n';
  const plan = planCustomerImport(none, rowsOf(text), context);
  const [customer] = plan.new;
  assert.deepEqual([customer?.email, customer?.fax, customer?.timeZone], [['ann(at)x'], ['12'], 'Mars/Base']);
  assert.deepEqual(
    plan.warnings.map(({ line, customer: number }) => [line, number]),
    [
      [2, '1'],
      [2, '1'],
      [2, '1'],
    ],
  );
  const [email = '', fax = '', zone = ''] = plan.warnings.map(({ detail }) => detail);
  assert.match(email, /^email "ann\(at\)x": ./);
  assert.match(fax, /^fax "12": ./);
  assert.match(zone, /^timeZone "Mars\/Base"/);
});

const cell = fc.stringMatching(/^[a-z0-9]{0,3}$/);
const row = fc.tuple(
  fc.stringMatching(/^[1-5]$/),
  cell,
  cell,
  fc.constantFrom('', 'email', 'fax,email', 'default=email; statement=fax'),
);
const owner = fc.constantFrom('import', 'anna');

test('a second import of the same file changes nothing, whoever owns the fields', () => {
  fc.assert(
    fc.property(fc.array(row), fc.array(row), owner, owner, (earlier, later, nameOwner, classOwner) => {
      const text = (rows: string[][]): string =>
        `customer;name;class;deliver\n${rows.map((cells) => cells.map((value) => `"${value}"`).join(';')).join('\n')}`;
      const owners = { name: nameOwner, class: classOwner };
      const current = new Map([...directory(text(earlier))].map(([number, one]) => [number, { ...one, owners }]));
      const first = planCustomerImport(current, rowsOf(text(later)), context);
      const second = planCustomerImport(applied(current, first), rowsOf(text(later)), { ...context, source: 'again' });
      assert.deepEqual([second.new, second.changed], [[], []]);
      assert.deepEqual(second.kept, first.kept);
      assert.equal(second.unchanged, first.new.length + first.changed.length + first.unchanged);
    }),
  );
});

test('a delivery rule for a document type that the settings do not know is taken, and told', () => {
  const { new: added, warnings } = planCustomerImport(
    none,
    rowsOf('customer,name,deliver\n01-ABF,American,default=email; statment=fax\n'),
    context,
  );
  assert.equal(added.length, 1);
  assert.deepEqual(
    warnings.map(({ line, detail }) => [line, detail]),
    [[2, 'deliver: there is no document type "statment"; the settings know invoice, statement, order']],
  );
});
