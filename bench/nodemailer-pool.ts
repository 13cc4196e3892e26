// The other side of the comparison: nodemailer's pool, composing each message; nothing is durable.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';

const [port, folder, count] = process.argv.slice(2) as [string, string, string];
const transport = createTransport({
  host: '127.0.0.1',
  port: Number(port),
  secure: false,
  ignoreTLS: true,
  pool: true,
  maxConnections: 20,
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

await Promise.all(Array.from({ length: Number(count) }, (_, at) => send(at + 1)));
transport.close();
