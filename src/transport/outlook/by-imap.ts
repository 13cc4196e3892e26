// A draft in the Drafts folder of any mailbox that speaks IMAP: APPEND with \Draft \Seen (RFC 3501 6.3.11).
import type { OutlookImapSettings } from '../../message/settings.ts';
import type { Commit, Job, Outcome, TestReport, TestStep, Transport } from '../../message/transport.ts';
import { askAgain } from '../graph/evidence.ts';
import { composeFor } from '../mime/job-content.ts';
import { openTranscript, type Transcript } from '../smtp/transcript.ts';
import { ImapFault, type ImapParts, type ImapSession, openImapSession, ServerSaysNo } from './imap-session.ts';

const accepted = (settings: OutlookImapSettings, folder: string, how: string, transcript: Transcript): Outcome => ({
  result: 'accepted',
  reply: { code: null, enhanced: null, text: `A draft lies in ${folder} of ${settings.user} (${how}).` },
  transcript: transcript.text(),
});

/** @throws what is no fault of line or server: a bug, or the commit */
function refusedBy(error: unknown, transcript: Transcript): Outcome {
  const base = { result: 'refused', reply: null, transcript: transcript.text() } as const;
  if (error instanceof ImapFault) {
    const { fault, reason, message: text } = error;
    return { ...base, blame: 'transport', fault, permanent: false, reason, text };
  }
  if (!(error instanceof ServerSaysNo)) throw error;
  const text = `The IMAP server does not take the draft: ${error.message}`;
  const reply = { code: null, enhanced: null, text: error.message };
  if (error.code === 'APPENDLIMIT' || error.code === 'TOOBIG') {
    return { ...base, reply, blame: 'message', fault: 'permanent', permanent: true, reason: 'too-large', text };
  }
  // RFC 5530: a full mailbox keeps all drafts out, not this one.
  if (error.code === 'OVERQUOTA') {
    return { ...base, reply, blame: 'transport', fault: 'quota', permanent: false, reason: 'other', text };
  }
  return { ...base, reply, blame: 'message', fault: 'temporary', permanent: false, reason: 'other', text };
}

interface Attempt {
  settings: OutlookImapSettings;
  parts: ImapParts;
  transcript: Transcript;
}

/** The line broke during APPEND: a new session looks whether the draft is there. */
async function settleDoubt(attempt: Attempt, folder: string, messageId: string, doubt: ImapFault): Promise<Outcome> {
  const { settings, parts, transcript } = attempt;
  let session: ImapSession | null = null;
  try {
    session = await openImapSession(settings, parts, transcript);
    if (await session.holds(folder, messageId))
      return accepted(settings, folder, 'found after a broken line', transcript);
    return refusedBy(doubt, transcript);
  } catch {
    const text = `${doubt.message} Whether the draft is there can not be seen.${askAgain}`;
    return { result: 'uncertain', text, reply: null, transcript: transcript.text() };
  } finally {
    await session?.end();
  }
}

async function store(attempt: Attempt, session: ImapSession, job: Job, commit: Commit): Promise<Outcome> {
  const { settings, transcript } = attempt;
  const { messageId } = job.ingredients;
  const message = await composeFor(job);
  const folder = await session.drafts();
  const isThere = await session.holds(folder, messageId);
  await commit();
  if (isThere) return accepted(settings, folder, 'of an earlier try', transcript);
  try {
    return accepted(settings, folder, await session.append(folder, message), transcript);
  } catch (error) {
    if (!(error instanceof ImapFault)) return refusedBy(error, transcript);
    return settleDoubt(attempt, folder, messageId, error);
  }
}

async function attemptTo(attempt: Attempt, job: Job, commit: Commit): Promise<Outcome> {
  let session: ImapSession | null = null;
  try {
    session = await openImapSession(attempt.settings, attempt.parts, attempt.transcript);
    return await store(attempt, session, job, commit);
  } catch (error) {
    return refusedBy(error, attempt.transcript);
  } finally {
    await session?.end();
  }
}

async function test({ settings, parts, transcript }: Attempt): Promise<TestReport> {
  const steps: TestStep[] = [];
  let from = performance.now();
  const add = (step: string, ok: boolean, text: string): void => {
    steps.push({ step, ok, text, ms: performance.now() - from });
    from = performance.now();
  };
  let session: ImapSession | null = null;
  try {
    session = await openImapSession(settings, parts, transcript);
    add('login', true, `Logged in to ${settings.host} port ${settings.port} as ${settings.user}.`);
    add('drafts', true, `Drafts go to the folder ${await session.drafts()}. None was made.`);
  } catch (error) {
    const outcome = refusedBy(error, transcript);
    add(session === null ? 'login' : 'drafts', false, outcome.result === 'refused' ? outcome.text : '');
  } finally {
    await session?.end();
  }
  return { ok: steps.every(({ ok }) => ok), steps, transcript: transcript.text() };
}

export function createOutlookImapTransport(settings: OutlookImapSettings, parts: ImapParts): Transport {
  let attempts = 0;
  const attempt = (): Attempt => ({ settings, parts, transcript: openTranscript(null, ++attempts) });
  return {
    name: settings.name,
    connections: settings.limits.connections,
    send: (job, commit) => attemptTo(attempt(), job, commit),
    test: () => test(attempt()),
    close: () => Promise.resolve(),
  };
}
