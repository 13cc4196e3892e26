// A real Exim with a configuration and a spool of its own, relaying to a next hop that the test names.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openFolder, startDaemon } from './daemon.ts';

/** Unpacked, not installed: it can not live beside Postfix. */
const root = join(import.meta.dirname, '../../node_modules/.outbox-exim');
export const eximProgram = join(root, 'usr/sbin/exim4');

/** Folders like usr/lib/x86_64-linux-gnu. */
const libraries = (): string =>
  globSync('{usr/,}lib/*-linux-gnu*', { cwd: root })
    .map((path) => join(root, path))
    .join(':');

export async function startExim(t: TestContext, port: number, nextHop: number): Promise<void> {
  const folder = await openFolder(t);
  await mkdir(join(folder, 'spool'));
  await chmod(join(folder, 'spool'), 0o777);
  const file = join(folder, 'exim.conf');
  const configuration = `exim_user = nobody
exim_group = Debian-exim
deliver_drop_privilege = true
exim_path = ${eximProgram}
never_users = root
primary_hostname = exim.acme.example
spool_directory = ${folder}/spool
log_file_path = ${folder}/spool/%slog
keep_environment = LD_LIBRARY_PATH
hosts_connection_nolog = *
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts =
acl_smtp_rcpt = accept
acl_smtp_data = accept
begin routers
onward:
  driver = manualroute
  transport = onward
  route_list = * 127.0.0.1
  self = send
begin transports
onward:
  driver = smtp
  port = ${nextHop}
  hosts_try_chunking =
  allow_localhost
begin retry
* * F,1h,1m
`;
  await writeFile(file, configuration);
  await startDaemon(t, {
    command: eximProgram,
    args: ['-C', file, '-bdf', '-q1m'],
    ports: [port],
    env: { LD_LIBRARY_PATH: libraries() },
  });
}
