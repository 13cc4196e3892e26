// Where the server listens: on this machine unless told otherwise, and never in clear beyond it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startServer, type StartOptions } from '../../src/server/start.ts';
import { makeCertificates } from '../support/certificates.ts';
import { openInstallation } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function start(t: TestContext, change: Partial<StartOptions>) {
  const told: string[] = [];
  const options = { port: 0, host: '127.0.0.1', tls: null, behindProxy: false, version: '0' };
  const server = await startServer(await openInstallation(t), {
    ...options,
    tell: (text) => told.push(text),
    ...change,
  });
  t.after(() => server.stop());
  return { server, told };
}

test('it is reached on this machine, and prints the link for the first administrator', async (t) => {
  const { server, told } = await start(t, {});
  assert.match(server.address, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(told[0]!, new RegExp(`${server.address}/setup#[\\w-]{43}$`));
  assert.equal((await fetch(`${server.address}/healthz`)).status, 200);
});

test('beyond this machine it does not speak in clear', async (t) => {
  await assert.rejects(start(t, { host: '0.0.0.0' }), { code: 'OBX240' });
  const { server } = await start(t, { host: '0.0.0.0', behindProxy: true });
  await server.stop();
});

test('a port that is taken, and a certificate that is none, are said', async (t) => {
  const { server } = await start(t, {});
  await assert.rejects(start(t, { port: server.port }), { code: 'OBX020' });
  const file = join(await temporaryFolder(t), 'cert.pem');
  await assert.rejects(start(t, { tls: { certificate: file, key: file } }), { code: 'OBX241' });
  await writeFile(file, 'no certificate');
  await assert.rejects(start(t, { tls: { certificate: file, key: file } }), { code: 'OBX241' });
});

test('with a certificate it speaks TLS', async (t) => {
  const { certificate, key, ca } = makeCertificates(await temporaryFolder(t));
  const { server } = await start(t, { tls: { certificate, key } });
  const status = await new Promise((resolve, reject) => {
    get(`https://localhost:${server.port}/healthz`, { ca: readFileSync(ca) }, (answer) => {
      answer.resume();
      resolve([answer.statusCode, answer.headers['strict-transport-security']]);
    }).once('error', reject);
  });
  assert.deepEqual(status, [200, 'max-age=31536000']);
});
