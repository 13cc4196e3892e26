// smtp-source, the load generator of Postfix, written in C: stores nothing, composes nothing.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeMessage } from '../../src/transport/mime/compose.ts';
import { sampleAttachment } from '../../test/support/jobs.ts';
import { sampleIngredients } from '../../test/support/samples.ts';
import { runTool } from './child.ts';
import { pdfMaker } from './documents.ts';
import type { Measured } from './figures.ts';
import { smtpSource } from './programs.ts';

/** A whole message with one document, as smtp-source reads it: line ends without CR. */
export async function writeMessage(folder: string, bytes: number): Promise<string> {
  const file = join(folder, `message-${bytes}`);
  const message = await composeMessage(sampleIngredients(), [sampleAttachment('Invoice 1.pdf', pdfMaker(bytes)(1))]);
  await writeFile(file, message.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return file;
}

/** Octets of a message that smtp-source makes itself, for a document of so many bytes: base64 with line ends, and the header. */
const lengthOf = (bytes: number): number => Math.ceil((bytes * 4) / 3 / 76) * 78 + 1_500;

export interface SourceWish {
  port: number;
  sessions: number;
  messages: number;
  /** Of the document. */
  bytes: number;
  /** Words before the command, such as `ip netns exec NAME`. */
  before?: readonly string[];
  /** A message of `writeMessage`; undefined: it makes lines of its own. */
  file?: string;
}

/** Connections are kept. */
export async function runSmtpSource(wish: SourceWish): Promise<Measured> {
  const { port, sessions, messages, bytes, before = [], file } = wish;
  const content = file === undefined ? ['-l', String(lengthOf(bytes))] : ['-F', file];
  const addresses = ['-f', 'billing@acme.example', '-t', 'ap@abf.example'];
  const amount = ['-s', String(sessions), '-m', String(messages)];
  const [command, ...words] = [...before, smtpSource];
  const usage = await runTool(command, [...words, '-d', ...amount, ...content, ...addresses, `127.0.0.1:${port}`]);
  return { messages, ...usage };
}
