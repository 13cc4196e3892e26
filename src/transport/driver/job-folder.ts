// The private folder of one attempt: the attachment under its descriptive name, the note, and all that is known as JSON.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wordsOf } from '../../message/errors.ts';
import { safeFileName } from '../../message/file-name.ts';
import type { Job, LoadedAttachment } from '../../message/transport.ts';
import { noteProgram, writeOwner } from './owner.ts';

export interface JobFolder {
  path: string;
  /** The five, in the order of the contract. */
  args: [address: string, file: string, noteFile: string, name: string, subject: string];
  /** The same values and more, for drivers that would rather not parse a command line. */
  env: Record<string, string>;
  /** Keeps the folder while the program lives, also when we do not. */
  noteProgram(pid: number): void;
  remove(): Promise<void>;
}

/** The system takes no file of this name: a fault of the message. */
export class NameFault extends Error {}

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

const isOfName = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENAMETOOLONG', 'EINVAL', 'EILSEQ'].includes(String(error.code));

/** Under its descriptive name, made safe: another system may have given one that holds a path. @throws NameFault */
async function writeAttachment(folder: string, attachment: LoadedAttachment): Promise<string> {
  const file = join(folder, safeFileName(attachment.name, attachment.mediaType));
  try {
    await writeFile(file, attachment.pieces(), secret);
  } catch (error) {
    if (!isOfName(error)) throw error;
    throw new NameFault(`No file can have the name of the attachment, ${attachment.name}: ${wordsOf(error)}`);
  }
  return file;
}

async function fill(job: Job, path: string): Promise<JobFolder> {
  await writeOwner(path);
  const files: string[] = [];
  for (const attachment of job.attachments) files.push(await writeAttachment(join(path, 'attachments'), attachment));
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
    noteProgram: (pid) => noteProgram(path, pid),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/**
 * @param workFolder full path; the folder of the attempt is made below it, and is gone again when it can not be filled
 * @throws NameFault; the system's error when it can not be written
 */
export async function makeJobFolder(job: Job, workFolder: string): Promise<JobFolder> {
  const path = join(workFolder, job.attemptId);
  try {
    await mkdir(join(path, 'attachments'), { recursive: true, mode: 0o700 });
    return await fill(job, path);
  } catch (error) {
    await rm(path, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}
