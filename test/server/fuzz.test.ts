// Whatever is sent to whichever route: the answer is an answer or a problem, never a failure of Outbox itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { contract } from '../../src/server/contract.ts';
import type { Route } from '../../src/server/route.ts';
import { openServer } from '../support/server.ts';

const routes = (Object.entries(contract) as [string, Route][]).filter(([name]) => name !== 'events');

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '\0',
    '__proto__',
    'constructor',
    '../../x',
    "' or 1=1 --",
    '%',
    '_',
    '\\',
    '\r\n',
    '\ud800',
    '🧾',
    '-1',
    'true',
    'NaN',
  ),
  fc.constantFrom('invoice', 'office', '01-ABF', 'ap@abf.example', '+14145550134', 'held', 'queued', 'cancel'),
);
const anything = fc.oneof(nasty, fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(true, 1e308, -1, null));

/** Keys that the route knows, with good and bad values, and a few that it does not. */
const fieldsOf = (
  schema: z.ZodType | undefined,
  values: fc.Arbitrary<unknown>,
): fc.Arbitrary<Record<string, unknown>> => {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return fc.dictionary(fc.constantFrom(...known, ...(known.length === 0 ? ['x'] : [])), values, { maxKeys: 6 });
};

const encoded = (text: string): string => encodeURIComponent(text.isWellFormed() ? text : 'x') || 'x';

const asking = fc.constantFrom(...routes).chain(([name, route]) =>
  fc.record({
    name: fc.constant(name),
    route: fc.constant(route),
    param: nasty,
    query: fieldsOf(route.query, nasty),
    body: fc.oneof({ weight: 4, arbitrary: fieldsOf(route.body, anything) }, { weight: 1, arbitrary: anything }),
    form: fieldsOf(route.form?.fields, nasty),
  }),
);

test('a body that is nested deep, or is none, is a problem of the one who sent it', async (t) => {
  const server = await openServer(t);
  const headers = { authorization: `Bearer ${await server.addKey('admin')}`, 'content-type': 'application/json' };
  for (const body of [
    '['.repeat(100_000),
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    '{"text":',
    'null',
    '"\\u0000"',
    '{"text":"a\\u0000"}',
  ]) {
    const answer = await fetch(`${server.url}/api/settings`, { method: 'POST', headers, body });
    assert.equal(((await answer.json()) as { code: string }).code, 'OBX231', body.slice(0, 20));
  }
  assert.deepEqual(server.told, []);
});

test('no request makes Outbox itself fail', async (t) => {
  const server = await openServer(t);
  // The one that asks is not to lose its own rights on the way.
  const key = await server.addKey('admin', true);
  const runs = Number(process.env['OUTBOX_TEST_RUNS'] ?? 400);
  await fc.assert(
    fc.asyncProperty(asking, async ({ name, route, param, query, body, form }) => {
      const search = Object.entries(query)
        .map(([one, value]) => `${one}=${encoded(String(value))}`)
        .join('&');
      const data = new FormData();
      for (const [one, value] of Object.entries(form)) data.set(one, String(value));
      data.append('file', new Blob(['Invoice\n']), 'a.txt');
      const json = route.form || route.method === 'GET' ? null : JSON.stringify(body);
      const answer = await fetch(`${server.url}${route.path.replace(/\{\w+\}/g, encoded(param))}?${search}`, {
        method: route.method,
        headers: { authorization: `Bearer ${key}`, ...(json === null ? {} : { 'content-type': 'application/json' }) },
        ...(route.form ? { body: data } : json === null ? {} : { body: json }),
      });
      const text = await answer.text();
      assert.ok(answer.status < 500, `${name} ${answer.status} ${text} ${server.told.join('\n')}`);
      if (answer.status >= 400) assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
    }),
    { numRuns: runs },
  );
});
