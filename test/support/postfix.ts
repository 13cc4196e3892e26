// A real Postfix with a configuration and a queue of its own, relaying to a next hop that the test names.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificates } from './certificates.ts';
import { openFolder, type Scope, startDaemon } from './daemon.ts';

export interface PostfixWish {
  /** Port of the server, without TLS unless certificates are given: then STARTTLS is offered. */
  port: number;
  /** Where it listens; "127.0.0.1" unless told otherwise. */
  address?: string;
  /** Implicit TLS. */
  smtpsPort?: number;
  /** Port of the next hop. */
  nextHop: number;
  /** A recipient that it refuses. */
  refuses?: string;
  /** Where that is; "127.0.0.1" unless told otherwise. */
  nextHopAddress?: string;
  /** Lines of main.cf about its way there; without TLS unless told otherwise. */
  wayOut?: readonly string[];
  /** Words before the command, such as `ip netns exec NAME`: then it listens there. */
  before?: readonly string[];
  /** Who may relay without a login; "127.0.0.0/8" unless told otherwise. */
  mynetworks?: string;
  certificates?: Certificates;
  /** Socket of Dovecot's login service: then a login is asked for. */
  saslSocket?: string;
}

const services = `pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
tlsproxy unix - - n - 0 tlsproxy
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

const addressOf = ({ address = '127.0.0.1' }: PostfixWish): string => address;

const mainOf = (folder: string, wish: PostfixWish): string =>
  [
    'compatibility_level = 3.6',
    `queue_directory = ${folder}/queue`,
    `data_directory = ${folder}/data`,
    `maillog_file_prefixes = ${folder}`,
    `maillog_file = ${folder}/log`,
    `inet_interfaces = ${[...new Set(['127.0.0.1', addressOf(wish)])].join(', ')}`,
    'inet_protocols = ipv4',
    // There may be no name server here, and it would be waited for.
    'smtpd_peername_lookup = no',
    'myhostname = relay.acme.example',
    'mydestination =',
    'local_recipient_maps =',
    `mynetworks = ${wish.mynetworks ?? '127.0.0.0/8'}`,
    `relayhost = [${wish.nextHopAddress ?? '127.0.0.1'}]:${wish.nextHop}`,
    ...(wish.refuses
      ? [`smtpd_recipient_restrictions = check_recipient_access inline:{${wish.refuses}=REJECT}, permit_mynetworks`]
      : []),
    'smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination',
    'minimal_backoff_time = 300s',
    ...(wish.wayOut ?? ['smtp_tls_security_level = none']),
    ...(wish.certificates
      ? [
          'smtpd_tls_security_level = may',
          `smtpd_tls_cert_file = ${wish.certificates.certificate}`,
          `smtpd_tls_key_file = ${wish.certificates.key}`,
          'smtpd_tls_auth_only = yes',
        ]
      : []),
    ...(wish.saslSocket
      ? ['smtpd_sasl_auth_enable = yes', 'smtpd_sasl_type = dovecot', `smtpd_sasl_path = ${wish.saslSocket}`]
      : []),
  ].join('\n');

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It is gone already.
  }
}

/** From another network namespace than ours. */
function listensThere(before: readonly string[], address: string, port: number): boolean {
  const [command, ...args] = [...before, 'bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`];
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

export interface Postfix {
  /** Messages that wait in its queue. */
  queued(): number;
  /** Process number of its master(8), the parent of all its daemons. */
  master: number;
}

export async function startPostfix(t: Scope, wish: PostfixWish): Promise<Postfix> {
  const folder = await openFolder(t);
  const conf = join(folder, 'conf');
  const address = addressOf(wish);
  for (const name of ['conf', 'queue', 'data']) await mkdir(join(folder, name));
  await writeFile(join(conf, 'main.cf'), `${mainOf(folder, wish)}\n`);
  const smtps =
    wish.smtpsPort === undefined
      ? ''
      : `${address}:${wish.smtpsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n`;
  await writeFile(join(conf, 'master.cf'), `${address}:${wish.port} inet n - n - - smtpd\n${smtps}${services}`);
  execFileSync('chown', ['postfix', join(folder, 'data')]);
  const ports = [wish.port, ...(wish.smtpsPort === undefined ? [] : [wish.smtpsPort])];
  const readMaster = (): number => Number(readFileSync(join(folder, 'queue/pid/master.pid'), 'utf8'));
  let master: number | null = null;
  // It has a session of its own: the end of `postfix start-fg` is not its end.
  t.after(() => endProcess(master ?? readMaster()));
  const { before = [] } = wish;
  const [command, ...args] = [...before, '/usr/sbin/postfix', '-c', conf, 'start-fg'];
  const there = { ports: [], isReady: () => ports.every((port) => listensThere(before, address, port)) };
  await startDaemon(t, { command, args, address, ...(before.length > 0 ? there : { ports }) });
  master = readMaster();
  return {
    master,
    queued() {
      const lines = execFileSync('/usr/sbin/postqueue', ['-c', conf, '-j'], { encoding: 'utf8' });
      return lines.split('\n').filter((line) => line !== '').length;
    },
  };
}
