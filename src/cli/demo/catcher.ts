// The mail server of the demo: keeps what it gets as .eml, and refuses, defers and drops some, as the real world does.
import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { trouble } from './company.ts';

export interface Catcher {
  port: number;
  /** Mails kept so far. */
  mails(): number;
  faxes(): number;
  close(): Promise<void>;
}

const gatewayDomain = '@fax-gateway.example';

class Refusal extends Error {
  readonly responseCode: number;
  constructor(code: number, text: string) {
    super(text);
    this.responseCode = code;
  }
}

const localPart = (address: string): string => address.slice(0, address.lastIndexOf('@'));

/** Listens on this machine, on a free port. @param folder for mail/ and fax/ */
export async function startCatcher(folder: string): Promise<Catcher> {
  const kept = { mail: 0, fax: 0 };
  const seen = new Set<string>();
  for (const kind of ['mail', 'fax']) await mkdir(join(folder, kind), { recursive: true });

  const judge = (address: string): Refusal | null => {
    const local = localPart(address);
    if (local === trouble.refused) return new Refusal(550, '5.1.1 No such mailbox here');
    if (local !== trouble.later || seen.has(address)) return null;
    seen.add(address);
    return new Refusal(450, '4.2.0 Greylisted, try again later');
  };

  const keep = async (session: SMTPServerSession, bytes: Buffer): Promise<void> => {
    for (const { address } of session.envelope.rcptTo) {
      const kind = address.endsWith(gatewayDomain) ? 'fax' : 'mail';
      kept[kind]++;
      const name = `${String(kept[kind]).padStart(3, '0')} ${localPart(address)}.eml`;
      await writeFile(join(folder, kind, name), bytes);
    }
  };

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    banner: 'catcher of the Outbox demo',
    onRcptTo(address: SMTPServerAddress, _session: SMTPServerSession, done: (error?: Error | null) => void) {
      done(judge(address.address));
    },
    onData(
      stream: SMTPServerDataStream,
      session: SMTPServerSession,
      done: (error?: Error | null, text?: string) => void,
    ) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const isDropped = session.envelope.rcptTo.some(({ address }) => localPart(address) === trouble.dropped);
        if (isDropped) {
          // After the final dot the line goes down without an answer: did it arrive?
          for (const connection of server.connections) {
            if (connection.session === session) connection.close();
          }
          return;
        }
        keep(session, Buffer.concat(chunks)).then(
          () => done(null, '2.0.0 Kept'),
          (error: Error) => done(error),
        );
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails: () => kept.mail,
    faxes: () => kept.fax,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
