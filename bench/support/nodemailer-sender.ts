// nodemailer as a peer: its MailComposer, and its pool.
import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import { inParallel, type Peer } from './load.ts';

export const mail = (number: number, content: Buffer) => ({
  from: '"Acme Petroleum" <billing@acme.example>',
  to: `c${number}@abf.example`,
  subject: `Invoice ${number} from Acme Petroleum`,
  text: `Please find invoice ${number} attached.`,
  html: `<p>Please find invoice ${number} attached.</p>`,
  attachments: [{ filename: `Invoice ${number}.pdf`, content }],
});

export const nodemailerPeer: Peer = {
  compose: (number, document) => new MailComposer(mail(number, document)).compile().build(),
  open({ host, port, tls, connections, ca }, document) {
    const transport = createTransport({
      host,
      port,
      secure: false,
      ignoreTLS: !tls,
      requireTLS: tls,
      ...(ca === null ? {} : { tls: { ca: readFileSync(ca), servername: 'localhost' } }),
      pool: true,
      maxConnections: connections,
      maxMessages: Number.POSITIVE_INFINITY,
    });
    const sendOne = async (number: number): Promise<void> => {
      await transport.sendMail(mail(number, document(number)));
    };
    return {
      // As many again wait, so that a connection never waits for a message.
      send: (from, to) => inParallel(from, to, connections * 2, sendOne),
      close: () => Promise.resolve(transport.close()),
    };
  },
};
