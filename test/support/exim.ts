// A real Exim with a configuration and a spool of its own, relaying to a next hop that the test names.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from './certificates.ts';
import { openFolder, type Scope, startDaemon } from './daemon.ts';

/** Unpacked, not installed: it can not live beside Postfix. */
const root = join(import.meta.dirname, '../../node_modules/.outbox-exim');
export const eximProgram = join(root, 'usr/sbin/exim4');

/** Folders like usr/lib/x86_64-linux-gnu. */
const libraries = (): string =>
  globSync('{usr/,}lib/*-linux-gnu*', { cwd: root })
    .map((path) => join(root, path))
    .join(':');

interface EximWish {
  port: number;
  /** Port of the next hop on this machine. */
  nextHop: number;
  /** Where it listens; "127.0.0.1" unless told otherwise. */
  address?: string;
  /** STARTTLS is offered then. */
  certificates?: Certificates;
  /** A recipient that it refuses. */
  refuses?: string;
}

export async function startExim(t: Scope, wish: EximWish): Promise<void> {
  const { port, nextHop, address = '127.0.0.1', certificates, refuses = '' } = wish;
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
host_lookup =
# Without it the eleventh message of a connection waits for the next run of the queue.
smtp_accept_queue_per_connection = 0
helo_lookup_domains =
local_interfaces = ${address}
daemon_smtp_ports = ${port}
${
  certificates
    ? `tls_advertise_hosts = *
tls_certificate = ${certificates.certificate}
tls_privatekey = ${certificates.key}`
    : 'tls_advertise_hosts ='
}
acl_smtp_rcpt = \${if eq{$local_part@$domain}{${refuses}}{deny}{accept}}
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
    address,
    env: { LD_LIBRARY_PATH: libraries() },
  });
}
