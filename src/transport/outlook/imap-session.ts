// A session with an IMAP server, logged in as the settings ask, with its steps in the transcript.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { AppendResponseObject, ImapFlow } from 'imapflow';
import { wordsOf } from '../../message/errors.ts';
import type { Reason } from '../../message/reasons.ts';
import type { OutlookImapSettings } from '../../message/settings.ts';
import type { FaultClass } from '../../message/transport.ts';
import type { TokenSource } from '../oauth/token-source.ts';
import { troubleOf } from '../oauth/token-trouble.ts';
import type { Transcript } from '../smtp/transcript.ts';

export interface ImapParts {
  /** Null where a token is used. */
  password: () => Promise<string | null>;
  /** Null where a password is used. */
  tokens: TokenSource | null;
  /** Of a silence on the line, milliseconds; the default is one minute. */
  timeoutMs?: number;
}

/** What went wrong, already judged. */
export class ImapFault extends Error {
  override readonly name = 'ImapFault';
  readonly fault: FaultClass;
  readonly reason: Reason;
  constructor(fault: FaultClass, reason: Reason, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
    this.reason = reason;
  }
}

export interface ImapSession {
  /** Path of the Drafts folder. @throws ImapFault */
  drafts(): Promise<string>;
  /** Whether a message with this Message-ID (without brackets) lies in the folder. @throws ImapFault */
  holds(folder: string, messageId: string): Promise<boolean>;
  /** @throws ImapFault; `permanent` refusals of the server are `ServerSaysNo` */
  append(folder: string, message: Buffer): Promise<string>;
  end(): Promise<void>;
}

/** The server answered NO or BAD: nothing was stored. */
export class ServerSaysNo extends Error {
  override readonly name = 'ServerSaysNo';
  /** RFC 5530, such as OVERQUOTA; empty where there is none. */
  readonly code: string;
  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

interface Thrown {
  authenticationFailed?: boolean;
  tlsFailed?: boolean;
  code?: string;
  responseStatus?: string;
  responseText?: string;
  response?: string;
  serverResponseCode?: string;
}

const ofTls = /CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO_VERIFY/;

/** RFC 5530: not our name or password, but the server is at fault. */
const isPassing = (code: string | undefined): boolean => code === 'UNAVAILABLE' || code === 'INUSE' || code === 'LIMIT';

function judged(error: unknown): ImapFault | ServerSaysNo {
  if (error instanceof ImapFault || error instanceof ServerSaysNo) return error;
  const thrown: Thrown = typeof error === 'object' && error !== null ? error : {};
  const words = thrown.responseText ?? wordsOf(error);
  if (thrown.authenticationFailed && !isPassing(thrown.serverResponseCode)) {
    return new ImapFault('auth', 'authentication', `The IMAP server refuses the login: ${words}`, error);
  }
  if (thrown.tlsFailed || ofTls.test(thrown.code ?? '')) {
    return new ImapFault('tls', 'tls', `No safe connection to the IMAP server: ${words}`, error);
  }
  if (
    thrown.responseStatus === 'NO' ||
    thrown.responseStatus === 'BAD' ||
    thrown.serverResponseCode === 'APPENDLIMIT'
  ) {
    return new ServerSaysNo(words, thrown.serverResponseCode ?? '', error);
  }
  return new ImapFault('connect', 'network', `The line to the IMAP server broke: ${words}`, error);
}

function authority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ImapFault('configuration', 'tls', `The certificate authority can not be read: ${wordsOf(error)}`, error);
  }
}

type Proof = { pass: string } | { accessToken: string };

/** @throws ImapFault */
async function tokenFrom(tokens: TokenSource): Promise<string> {
  try {
    return await tokens.token();
  } catch (error) {
    const { fault, reason, text } = troubleOf(error);
    throw new ImapFault(fault, reason, text, error);
  }
}

const defaultTimeoutMs = 60_000;

async function connectWith(settings: OutlookImapSettings, parts: ImapParts, proof: Proof): Promise<ImapFlow> {
  const { host, port, tls, user, ca } = settings;
  const timeoutMs = parts.timeoutMs ?? defaultTimeoutMs;
  // Loaded when it is needed: every command would wait for it otherwise.
  const imap = await import('imapflow');
  const client = new imap.ImapFlow({
    host,
    port,
    secure: tls === 'implicit',
    ...(tls === 'implicit' ? {} : { doSTARTTLS: tls === 'required' }),
    tls: {
      minVersion: 'TLSv1.2',
      ...(isIP(host) ? {} : { servername: host }),
      ...(ca ? { ca: authority(ca.file) } : {}),
    },
    auth: { user, ...proof },
    // Its log would hold what goes over the line.
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  // A fault of the line is told to whoever waits for an answer; without a listener it would end the program.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** A token may have run out: refused, it is replaced once. */
async function connect(settings: OutlookImapSettings, parts: ImapParts): Promise<ImapFlow> {
  const { tokens } = parts;
  if (tokens === null) return connectWith(settings, parts, { pass: (await parts.password()) ?? '' });
  const accessToken = await tokenFrom(tokens);
  try {
    return await connectWith(settings, parts, { accessToken });
  } catch (error) {
    if (!(error as Thrown).authenticationFailed) throw error;
    tokens.refused(accessToken);
    const fresh = await tokenFrom(tokens);
    if (fresh === accessToken) throw error;
    return connectWith(settings, parts, { accessToken: fresh });
  }
}

const uidOf = (answer: AppendResponseObject): string =>
  answer.uid === undefined ? 'OK' : `OK, UID ${answer.uid} of UIDVALIDITY ${String(answer.uidValidity ?? '?')}`;

/** @throws ImapFault */
export async function openImapSession(
  settings: OutlookImapSettings,
  parts: ImapParts,
  transcript: Transcript,
): Promise<ImapSession> {
  /** One step with its line in the transcript. */
  const step = async <T>(shown: string, work: () => Promise<T>, heard: (result: T) => string): Promise<T> => {
    transcript.client(shown);
    try {
      const result = await work();
      transcript.server(heard(result));
      return result;
    } catch (error) {
      const fault = judged(error);
      transcript.note(fault.message);
      throw fault;
    }
  };

  const { host, port, tls, user } = settings;
  const client = await step(
    `Connect to ${host} port ${port} (tls: ${tls}), log in as ${user}`,
    () => connect(settings, parts),
    () => 'OK',
  );

  const findDrafts = async (): Promise<string> => {
    const folders = await client.list();
    // Marked by the server (RFC 6154), or known by one of the usual names.
    const found = folders.find(({ specialUse }) => specialUse === '\\Drafts');
    if (found) return found.path;
    const text = `The mailbox ${user} has no folder for drafts. Make one with the name Drafts.`;
    throw new ImapFault('configuration', 'other', text);
  };

  const search = async (folder: string, messageId: string): Promise<boolean> => {
    const lock = await client.getMailboxLock(folder, { readOnly: true });
    try {
      const found = await client.search({ header: { 'message-id': `<${messageId}>` } }, { uid: true });
      if (found === false || found === undefined) throw new Error('SEARCH was not answered.');
      return found.length > 0;
    } finally {
      lock.release();
    }
  };

  return {
    drafts: () => step('LIST, for the folder of drafts', findDrafts, (path) => path),
    holds: (folder, messageId) =>
      step(
        `SEARCH ${folder} HEADER Message-ID <${messageId}>`,
        () => search(folder, messageId),
        (isThere) => (isThere ? 'found' : 'not there'),
      ),
    append: async (folder, message) => {
      const store = async (): Promise<AppendResponseObject> => {
        const answer = await client.append(folder, message, ['\\Draft', '\\Seen']);
        if (!answer) throw new Error('APPEND was not answered.');
        return answer;
      };
      return uidOf(await step(`APPEND ${folder} (\\Draft \\Seen) {${message.length}}`, store, uidOf));
    },
    async end() {
      await client.logout().catch(() => {});
      client.close();
    },
  };
}
