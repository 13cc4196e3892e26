// Which certificates are trusted: those of the system, of a private authority, or exactly one by its fingerprint.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { wordsOf } from '../../message/errors.ts';
import type { SmtpSettings } from '../../message/settings.ts';
import { LineFault } from './fault.ts';

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LineFault('configuration', `The certificate authority can not be read: ${wordsOf(error)}`, error);
  }
}

/** OpenSSL 3 refuses the signatures that TLS before 1.2 has (MD5 with SHA-1) unless it is asked to be lenient. */
const ciphersOf = (minTls: SmtpSettings['minTls']): ConnectionOptions =>
  minTls === '1.0' || minTls === '1.1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {};

/**
 * A pinned certificate is its own proof. Opportunistic TLS only keeps listeners out (RFC 7435), so without an authority of its own it
 * takes any certificate. The host is always given, or a certificate would be held against the name localhost; a server name
 * can not be an IP address (RFC 6066 3).
 * @throws LineFault (configuration)
 */
export function tlsOptions(settings: SmtpSettings): ConnectionOptions {
  const { host, ca, fingerprint, minTls, tls } = settings;
  return {
    minVersion: `TLSv1${minTls === '1.0' ? '' : minTls.slice(1)}` as 'TLSv1.2',
    host,
    ...ciphersOf(minTls),
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === null ? {} : { ca: readAuthority(ca.file) }),
    rejectUnauthorized: fingerprint === null && (tls !== 'opportunistic' || ca !== null),
  };
}

/** Whether we know to whom we speak: by the chain of the certificate, or because it is the pinned one (`checkPin` has passed). */
export const isVerified = (secure: TLSSocket | null, fingerprint: string | null): boolean =>
  secure !== null && (secure.authorized || fingerprint !== null);

const bare = (fingerprint: string): string =>
  fingerprint
    .replace(/^SHA256:/i, '')
    .replaceAll(':', '')
    .toUpperCase();

/** @throws LineFault (tls) when another certificate is shown than the pinned one */
export function checkPin(secure: TLSSocket, fingerprint: string | null): void {
  if (fingerprint === null) return;
  const shown = bare(secure.getPeerCertificate().fingerprint256 ?? '');
  if (shown === bare(fingerprint)) return;
  throw new LineFault('tls', `The server shows another certificate than the pinned one: SHA256:${shown}.`);
}
