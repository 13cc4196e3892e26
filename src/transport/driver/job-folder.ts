// The private folder of one attempt: the attachment under its descriptive name, the note, and all that is known as JSON.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '../../message/transport.ts';

export interface JobFolder {
  path: string;
  /** The five, in the order of the contract. */
  args: [address: string, file: string, noteFile: string, name: string, subject: string];
  /** The same values and more, for drivers that would rather not parse a command line. */
  env: Record<string, string>;
  remove(): Promise<void>;
}

const secret = { mode: 0o600 } as const;

/** customerName becomes OUTBOX_CUSTOMER_NAME. */
const variableName = (fact: string): string => `OUTBOX_${fact.replace(/([A-Z])/g, '_$1').toUpperCase()}`;

/** An environment can not hold NUL; nothing of ours has one, but a driver must start whatever a document said. */
const clean = (value: string): string => value.replaceAll('\0', '');

/** The parts of our own environment that programs expect; nothing that may hold a secret. */
const inherited = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'USER', 'SystemRoot', 'TEMP', 'USERPROFILE'];

const ownEnvironment = (): Record<string, string> =>
  Object.fromEntries(inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));

/** Windows batch files read their arguments a second time: a quote in a subject would break them out of theirs. */
const forCommandLine = (text: string): string => (process.platform === 'win32' ? text.replaceAll('"', "'") : text);

/**
 * @param workFolder full path; the folder of the attempt is made below it
 * @throws the system's error when it can not be written
 */
export async function makeJobFolder(job: Job, workFolder: string): Promise<JobFolder> {
  const path = join(workFolder, job.attemptId);
  await mkdir(join(path, 'attachments'), { recursive: true, mode: 0o700 });
  const files: string[] = [];
  for (const attachment of job.attachments) {
    const file = join(path, 'attachments', attachment.name);
    await writeFile(file, attachment.pieces(), secret);
    files.push(file);
  }
  const { subject, title, text, messageId } = job.ingredients;
  const noteFile = join(path, 'note.txt');
  await writeFile(noteFile, text, secret);
  const facts = {
    ...job.facts,
    message: job.id,
    channel: job.channel,
    address: job.recipient,
    file: files[0] ?? '',
    noteFile,
    name: title,
    subject,
    messageId,
  };
  const json = join(path, 'message.json');
  await writeFile(json, `${JSON.stringify({ ...facts, files, note: text }, null, 2)}\n`, secret);
  const variables = Object.entries(facts).map(([fact, value]) => [variableName(fact), clean(value)]);
  return {
    path,
    args: [job.recipient, files[0] ?? '', noteFile, forCommandLine(title), forCommandLine(subject)],
    env: { ...ownEnvironment(), ...Object.fromEntries(variables), OUTBOX_JSON: json },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
