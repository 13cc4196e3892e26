// The other side of the comparison: nodemailer's pool, composing each message; nothing is durable.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { inParallel } from './load.ts';

const [port, folder, count] = process.argv.slice(2) as [string, string, string];
const connections = 20;
const transport = createTransport({
  host: '127.0.0.1',
  port: Number(port),
  secure: false,
  ignoreTLS: true,
  pool: true,
  maxConnections: connections,
  maxMessages: Number.POSITIVE_INFINITY,
});

const send = async (number: number): Promise<void> => {
  const name = `${number}.pdf`;
  await transport.sendMail({
    from: '"Acme Petroleum" <billing@acme.example>',
    to: `c${number}@abf.example`,
    subject: `Invoice ${number} from Acme Petroleum`,
    text: `Please find invoice ${number} attached.`,
    html: `<p>Please find invoice ${number} attached.</p>`,
    attachments: [{ filename: `Invoice ${number}.pdf`, content: await readFile(join(folder, name)) }],
  });
};

// As many again wait, so that a connection never waits for a document.
await inParallel(1, Number(count), connections * 2, send);
transport.close();
