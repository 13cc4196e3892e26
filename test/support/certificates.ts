// A certificate authority of the test's own, and a server certificate for this machine.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  /** Paths of PEM files. */
  ca: string;
  certificate: string;
  key: string;
  /** "SHA256:AB:CD…" of the server certificate. */
  fingerprint: string;
}

/** @param address another one of this machine that the certificate is good for */
export function makeCertificates(folder: string, address?: string): Certificates {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=Outbox test authority',
  );
  openssl('req', ...fresh, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  const more = address === undefined ? '' : `,IP:${address}`;
  writeFileSync(path('names'), `subjectAltName=DNS:localhost,IP:127.0.0.1${more}\n`);
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', '30'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signing);
  const { fingerprint256 } = new X509Certificate(readFileSync(path('server.pem')));
  return {
    ca: path('ca.pem'),
    certificate: path('server.pem'),
    key: path('server.key'),
    fingerprint: `SHA256:${fingerprint256}`,
  };
}
