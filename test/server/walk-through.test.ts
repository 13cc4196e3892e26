// The walk-through of the manual, done as it stands there: with curl, on the program as a user starts it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from '../support/daemon.ts';
import { applySettings, newOutbox, settingsYaml } from '../support/outbox.ts';
import { isThere } from '../support/requirement.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n([^]*?)^```/gm)]
  .map((found) => found[1]!)
  .filter((text) => text.includes('$URL'));

const customers = `customers:
  01-ABF: { name: American Business Futures, email: [ap@abf.example] }
`;

test('docs/api.md: from nothing to a document and its status with curl', async (t) => {
  if (!isThere(t, 'curl', '/usr/bin/curl')) return;
  const outbox = await newOutbox(t);
  await applySettings(
    outbox,
    settingsYaml(
      '  office: { kind: smtp, host: 127.0.0.1, port: 1, tls: none }\n  faxes: { kind: smtp, host: 127.0.0.1, port: 1, tls: none, address: "{{ fax.digits }}@f.example" }',
      customers,
    ),
  );
  const port = await freePort();
  let words = '';
  const { child, said, ended } = outbox.start(['start', '--role', 'server', '--port', String(port)]);
  child.stderr!.on('data', (chunk: Buffer) => (words += chunk.toString()));
  await said(/Ctrl-C stops it/);
  const token = /setup#(\S+)/.exec(words)![1]!;
  const script = blocks
    .join('\n')
    .replace('TOKEN', token)
    .replace(/^URL=.*$/m, `URL=http://127.0.0.1:${port}`);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: outbox.folder });
  assert.match(stdout, /"status":"queued"/);
  const sent = JSON.parse(await readFile(join(outbox.folder, 'sent.json'), 'utf8')) as { messages: { id: string }[] };
  const [message] = (await outbox.run('--json', 'list')).json() as { id: string; recipient: string }[];
  assert.deepEqual([message!.id, message!.recipient], [sent.messages[0]!.id, 'ap@abf.example']);
  assert.ok((await stat(join(outbox.folder, 'cookies.txt'))).size > 0);
  child.kill('SIGTERM');
  assert.equal((await ended).code, 0);
});
