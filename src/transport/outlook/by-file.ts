// A draft as a file: an .eml that classic Outlook opens as a message to be sent.
import { constants } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wordsOf } from '../../message/errors.ts';
import { safeFileName } from '../../message/file-name.ts';
import type { OutlookFileSettings } from '../../message/settings.ts';
import type { Commit, Job, Outcome, TestReport, Transport } from '../../message/transport.ts';
import { composeFor } from '../mime/job-content.ts';
import { asUnsent } from '../mime/unsent.ts';

/** The same message always has the same name: a second try writes over the first, so there are never two. */
function nameOf({ ingredients }: Job): string {
  const id = ingredients.messageId.replace(/@.*$/, '').replace(/[^A-Za-z0-9-]/g, '');
  // 40 characters are at most 160 octets; a name may have 255.
  const subject = [...safeFileName(ingredients.subject, '')].slice(0, 40).join('').trim();
  return `${subject} ${id.slice(0, 40)}.eml`;
}

/** The bytes are on the disk before the name is. */
async function writeSafely(path: string, content: Buffer): Promise<void> {
  const handle = await open(path, 'w', 0o660);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Windows writes folders through by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const refused = (text: string): Outcome => ({
  result: 'refused',
  blame: 'transport',
  fault: 'configuration',
  permanent: false,
  reason: 'other',
  text,
  reply: null,
  transcript: text,
});

async function attemptTo(folder: string, job: Job, commit: Commit): Promise<Outcome> {
  const path = join(folder, nameOf(job));
  // Outlook must not see half a file: the name of a draft comes last.
  const draft = `${path}.part`;
  const content = asUnsent(await composeFor(job));
  const cannot = (error: unknown): Outcome => refused(`The draft can not be written: ${wordsOf(error)}`);
  try {
    await writeSafely(draft, content);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    return cannot(error);
  }
  try {
    await commit();
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
  try {
    await rename(draft, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    return cannot(error);
  }
  const text = `A draft lies in ${path}.`;
  return { result: 'accepted', reply: { code: null, enhanced: null, text }, transcript: text };
}

async function faultOf(folder: string): Promise<string | null> {
  try {
    if (!(await stat(folder)).isDirectory()) return `${folder} is no folder.`;
    await access(folder, constants.W_OK);
    return null;
  } catch (error) {
    return `Drafts can not be written: ${wordsOf(error)}`;
  }
}

async function test(folder: string): Promise<TestReport> {
  const from = performance.now();
  const fault = await faultOf(folder);
  const text = fault ?? `Drafts can be written into ${folder}. None was written.`;
  const step = { step: 'folder', ok: fault === null, text, ms: performance.now() - from };
  return { ok: step.ok, steps: [step], transcript: '' };
}

export function createOutlookFileTransport({ name, folder, limits }: OutlookFileSettings): Transport {
  return {
    name,
    connections: limits.connections,
    send: (job, commit) => attemptTo(folder, job, commit),
    test: () => test(folder),
    close: () => Promise.resolve(),
  };
}
