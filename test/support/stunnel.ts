// A real stunnel in client mode, as people put it before a mail server that demands TLS.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openFolder, startDaemon } from './daemon.ts';

/** Accepts in clear on `port`, speaks TLS to `target`. */
export async function startStunnel(t: TestContext, port: number, target: number, ca: string): Promise<void> {
  const folder = await openFolder(t);
  const file = join(folder, 'stunnel.conf');
  const configuration = `foreground = yes
pid =
[smtp]
client = yes
accept = 127.0.0.1:${port}
connect = 127.0.0.1:${target}
CAfile = ${ca}
verifyChain = yes
checkHost = localhost
`;
  await writeFile(file, configuration);
  await startDaemon(t, { command: '/usr/bin/stunnel4', args: [file], ports: [port] });
}
