// What both ways through Microsoft Graph (sending, and drafts for a person) begin with.
import type { TokenSource } from '../oauth/token-source.ts';
import { openTranscript, type Transcript } from '../smtp/transcript.ts';
import { openGraphClient } from './client.ts';
import { defaultLooks } from './evidence.ts';
import { type KeptFolders, type Mailbox, openMailbox } from './mailbox.ts';
import type { Slots } from './slots.ts';

export interface GraphTransportParts {
  tokens: TokenSource;
  /** Shared by all transports of this mailbox. */
  slots: Slots;
  /** Of one request; the default is two minutes. */
  timeoutMs?: number;
  /** See `lookForEvidence`. */
  looks?: readonly number[];
}

interface Place {
  user: string;
  baseUrl: string;
}

export interface MailboxAttempt {
  mailbox: Mailbox;
  transcript: Transcript;
}

export interface MailboxOpener {
  /** A transcript of its own for each attempt. */
  open(): MailboxAttempt;
  looks: readonly number[];
}

const defaultTimeoutMs = 120_000;

export function mailboxOpener({ user, baseUrl }: Place, parts: GraphTransportParts): MailboxOpener {
  const { tokens, slots, timeoutMs = defaultTimeoutMs, looks = defaultLooks } = parts;
  const kept: KeptFolders = { found: null };
  let attempts = 0;
  return {
    looks,
    open() {
      const transcript = openTranscript(null, ++attempts);
      const client = openGraphClient({ baseUrl, tokens, slots, transcript, timeoutMs });
      return { mailbox: openMailbox(client, user, kept), transcript };
    },
  };
}
