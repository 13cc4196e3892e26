// A mail server with STARTTLS, login and a certificate of the test's choice. It notes who logged in and what came.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Certificates } from './certificates.ts';

export interface TlsServer {
  port: number;
  /** "user password", one for each login. */
  logins: string[];
  contents: number;
}

export async function startTlsServer(
  t: TestContext,
  certificates: Certificates,
  options: SMTPServerOptions = {},
): Promise<TlsServer> {
  const state: TlsServer = { port: 0, logins: [], contents: 0 };
  const server = new SMTPServer({
    key: readFileSync(certificates.key),
    cert: readFileSync(certificates.certificate),
    authOptional: true,
    onAuth({ username, password }, _session, done) {
      state.logins.push(`${username} ${password}`);
      done(null, { user: username });
    },
    onData(stream, _session, done) {
      stream.resume();
      stream.once('end', () => {
        state.contents++;
        done();
      });
    },
    ...options,
  });
  // A client that does not trust the certificate breaks the handshake: the test looks at the client.
  server.on('error', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  state.port = (server.server.address() as AddressInfo).port;
  return state;
}
