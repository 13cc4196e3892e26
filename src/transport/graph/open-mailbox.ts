// What both ways through Microsoft Graph (sending, and drafts for a person) have in common.
import type { GraphSettings } from '../../message/settings.ts';
import type { Commit, Job, Outcome, Transport } from '../../message/transport.ts';
import type { TokenSource } from '../oauth/token-source.ts';
import { openTranscript, type Transcript } from '../smtp/transcript.ts';
import { openGraphClient } from './client.ts';
import { defaultLooks } from './evidence.ts';
import { type KeptFolders, type Mailbox, openMailbox } from './mailbox.ts';
import type { Slots } from './slots.ts';
import { testMailbox } from './test-mailbox.ts';

export interface GraphTransportParts {
  tokens: TokenSource;
  /** Shared by all transports of this mailbox. */
  slots: Slots;
  /** Of one request; the default is two minutes. */
  timeoutMs?: number;
  /** See `lookForEvidence`. */
  looks?: readonly number[];
}

export interface MailboxAttempt {
  mailbox: Mailbox;
  transcript: Transcript;
}

/** One try of one message through a mailbox. @param looks see `lookForEvidence` */
export type AttemptThroughMailbox = (
  attempt: MailboxAttempt,
  looks: readonly number[],
  job: Job,
  commit: Commit,
) => Promise<Outcome>;

const defaultTimeoutMs = 120_000;

type Place = Pick<GraphSettings, 'name' | 'user' | 'baseUrl'> & { limits: { connections: number } };

export function throughMailbox(
  { name, user, baseUrl, limits: { connections } }: Place,
  parts: GraphTransportParts,
  attemptTo: AttemptThroughMailbox,
): Transport {
  const { tokens, slots, timeoutMs = defaultTimeoutMs, looks = defaultLooks } = parts;
  const kept: KeptFolders = { found: null };
  let attempts = 0;
  /** With a transcript of its own. */
  const open = (): MailboxAttempt => {
    const transcript = openTranscript(null, ++attempts);
    const client = openGraphClient({ baseUrl, tokens, slots, transcript, timeoutMs });
    return { mailbox: openMailbox(client, user, kept), transcript };
  };
  return {
    name,
    connections,
    send: (job, commit) => attemptTo(open(), looks, job, commit),
    test: () => testMailbox(open(), tokens),
    close: () => Promise.resolve(),
  };
}
