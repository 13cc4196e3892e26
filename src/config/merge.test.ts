// Promises of merging a file into what is there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeRaw } from './merge.ts';
import { valueAt } from './raw-setting.ts';
import type { RawSetting } from './raw-setting.ts';
import { keptText } from './secret-form.ts';
import { readSettingsFile } from './settings-file.ts';

const row = (section: string, name: string, value: unknown): RawSetting => ({ section, name, value });
const fromFile = (text: string): RawSetting[] => readSettingsFile(text, 'f').raw;

const current = [
  row('transports', 'a', { kind: 'smtp', host: 'a.example', user: 'u', password: { sealed: 'v1:xx' } }),
  row('transports', 'b', { kind: 'smtp', host: 'b.example' }),
  row('rules', '0000', { class: 'x', deliver: { default: ['fax'] } }),
  row('rules', '0001', { class: 'y', deliver: { default: ['fax'] } }),
];

test('what the file does not name stays', () => {
  assert.deepEqual(mergeRaw(current, fromFile('users: { anna: { role: clerk } }')).slice(0, 4), current);
});

test('an entry of the file takes the place of the whole entry', () => {
  const merged = mergeRaw(current, fromFile('transports: { b: { kind: driver, command: /b } }'));
  assert.deepEqual(merged[1], row('transports', 'b', { kind: 'driver', command: '/b' }));
  assert.deepEqual(merged[0], current[0]);
});

test('a name without a value removes the entry, and is no fault where there is none', () => {
  const merged = mergeRaw(current, fromFile('transports: { a: null, c: }'));
  assert.deepEqual(merged, current.slice(1));
});

test('a list takes the place of the whole list, an empty one empties it', () => {
  const one = mergeRaw(current, fromFile('rules: [{ deliver: { default: [email] } }]'));
  assert.deepEqual(one.slice(2), [row('rules', '0000', { deliver: { default: ['email'] } })]);
  assert.deepEqual(mergeRaw(current, fromFile('rules: []')), current.slice(0, 2));
});

test('the sections come in their order, whatever came first', () => {
  const merged = mergeRaw(current, fromFile('company: { code: A, name: A, email: a@b.example }'));
  assert.equal(merged[0]?.section, 'company');
});

test('a kept secret stays the secret that is there', () => {
  const file = fromFile(
    `transports: { a: { kind: smtp, host: new.example, user: u, password: { sealed: "${keptText}" } } }`,
  );
  assert.deepEqual(mergeRaw(current, file)[0]?.value, {
    kind: 'smtp',
    host: 'new.example',
    user: 'u',
    password: { sealed: 'v1:xx' },
  });
});

test('a kept secret of an entry without one stays marked as kept', () => {
  const file = fromFile(
    `transports: { b: { kind: smtp, host: b.example, user: u, password: { sealed: "${keptText}" } } }`,
  );
  assert.deepEqual(valueAt(mergeRaw(current, file)[1]?.value, ['password']), { sealed: keptText });
});
