// Who may do what: every role against every route of the contract, and nobody at all; none is missing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userRoles } from '../../src/message/settings.ts';
import { contract } from '../../src/server/contract.ts';
import type { Route } from '../../src/server/route.ts';
import { openServer } from '../support/server.ts';

const routes = Object.entries(contract) as [string, Route][];

/** What must be refused is refused before it is understood: nothing needs to be right but the way. */
const ask = (url: string, { method, path }: Route, key: string | null): Promise<Response> =>
  fetch(`${url}${path.replace(/\{\w+\}/g, 'x')}`, {
    method,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(20_000),
  });

const isRefused = async (answer: Response): Promise<boolean> => {
  const { status } = answer;
  const type = answer.headers.get('content-type') ?? '';
  const code = type.startsWith('application/problem') ? ((await answer.json()) as { code: string }).code : '';
  if (!type.startsWith('application/problem')) await answer.body?.cancel();
  if (code === 'OBX232') assert.equal(status, 401);
  if (code === 'OBX233') assert.equal(status, 403);
  assert.notEqual(status, 500);
  return code === 'OBX232' || code === 'OBX233';
};

test('without a key and a session only the routes of everybody answer', async (t) => {
  const { url } = await openServer(t);
  const open: string[] = [];
  for (const [name, route] of routes) if (!(await isRefused(await ask(url, route, null)))) open.push(name);
  assert.deepEqual(open.toSorted(), ['setUp', 'signIn']);
  for (const [name, route] of routes)
    assert.ok(
      (await isRefused(await ask(url, { ...route, path: route.path }, 'obx_wrong-wrong-wrong-wrong'))) ===
        (route.may !== 'anyone'),
      name,
    );
});

for (const role of userRoles) {
  test(`a ${role} gets what the contract says, and nothing else`, async (t) => {
    const server = await openServer(t);
    const key = await server.addKey(role);
    for (const [name, route] of routes) {
      const may = typeof route.may === 'string' || route.may.includes(role);
      // Every program may ask to change its own password, which it does not have.
      if (name === 'changePassword') continue;
      assert.equal(await isRefused(await ask(server.url, route, key)), !may, `${role} ${name}`);
    }
  });
}

test('the table of roles is as the manual says', () => {
  const of = (role: (typeof userRoles)[number]): string[] =>
    routes.filter(([, { may }]) => typeof may !== 'string' && may.includes(role)).map(([name]) => name);
  assert.deepEqual(of('auditor').toSorted(), ['audit', 'listKeys', 'listUsers']);
  assert.deepEqual(of('integrator').toSorted(), ['importCustomers', 'sendDocument']);
  assert.deepEqual(of('clerk'), of('approver'));
  assert.deepEqual(of('clerk').toSorted(), [
    'actOnMessages',
    'importCustomers',
    'liftSuppression',
    'pauseTransport',
    'resumeTransport',
    'sendDocument',
    'setAddresses',
    'suppress',
  ]);
});

test('whatever is asked for, a page or an answer carries the strict headers', async (t) => {
  const { url } = await openServer(t);
  for (const path of ['/api', '/setup', '/health', '/api/openapi.json', '/api/messages', '/nothing']) {
    const { headers } = await fetch(`${url}${path}`);
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; base-uri 'none'/, path);
    assert.doesNotMatch(headers.get('content-security-policy')!, /unsafe|https?:/, path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('cache-control'), 'no-store', path);
  }
});
