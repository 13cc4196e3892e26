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

/** A pinned certificate is its own proof; opportunistic TLS only keeps listeners out (RFC 7435), so neither checks the chain. */
export function tlsOptions(settings: SmtpSettings): ConnectionOptions {
  const { host, ca, fingerprint, minTls, tls } = settings;
  return {
    minVersion: `TLSv1${minTls === '1.0' ? '' : minTls.slice(1)}` as 'TLSv1.2',
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === null ? {} : { ca: readAuthority(ca.file) }),
    rejectUnauthorized: fingerprint === null && tls !== 'opportunistic',
  };
}

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
