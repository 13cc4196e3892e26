// The tables as Kysely sees them: singular names, camelCase here and snake_case in the database, times as epoch ms.
import type { Kysely, Transaction } from 'kysely';

export interface Tables {
  installation: { key: string; value: string };
  setting: { section: string; name: string; value: string; updatedAt: number; updatedBy: string };
  customer: CustomerTable;
  contact: ContactTable;
  deliveryRule: { company: string; customer: string; documentType: string; channels: string };
  document: DocumentTable;
  batch: BatchTable;
  message: MessageTable;
  messageContent: MessageContentTable;
  messageDocument: { messageId: string; documentId: string; position: number };
  messageKey: { key: string; messageId: string; digest: string };
  attempt: AttemptTable;
  event: EventTable;
  transport: TransportTable;
  rateBucket: { transport: string; hour: number; count: number };
  suppression: SuppressionTable;
  hotFolderFile: HotFolderFileTable;
  account: AccountTable;
  session: SessionTable;
  apiKey: ApiKeyTable;
  loginTry: { subject: string; failures: number; lastAt: number };
  commitMark: { id: string; number: number; at: number };
  worker: { id: string; pid: number; host: string; startedAt: number; seenAt: number; endedAt: number | null };
}

export interface CustomerTable {
  company: string;
  number: string;
  name: string;
  class: string | null;
  language: string | null;
  timeZone: string | null;
  salesperson: string | null;
  noteEmail: string | null;
  noteFax: string | null;
  /** JSON: field name to who gave it last. */
  owners: string;
  source: string;
  updatedAt: number;
}

export interface ContactTable {
  company: string;
  customer: string;
  /** email, fax, cc or bcc. */
  kind: string;
  position: number;
  address: string;
}

export interface DocumentTable {
  id: string;
  batchId: string | null;
  company: string;
  type: string;
  number: string;
  revision: string;
  date: string | null;
  due: string | null;
  customer: string;
  customerName: string;
  amount: string | null;
  currency: string | null;
  po: string | null;
  salesperson: string | null;
  language: string | null;
  file: string;
  sha256: string;
  size: number;
  mediaType: string;
  pages: number | null;
  fault: string | null;
  row: number | null;
  createdAt: number;
}

export interface BatchTable {
  id: string;
  company: string;
  name: string;
  source: string;
  state: string;
  expectedCount: number | null;
  expectedAmount: string | null;
  createdAt: number;
  sealedAt: number | null;
}

export interface MessageTable {
  id: string;
  batchId: string | null;
  company: string;
  customer: string;
  documentType: string;
  channel: string;
  transport: string | null;
  recipient: string;
  role: string;
  status: string;
  phase: string | null;
  kind: string | null;
  reason: string | null;
  detail: string | null;
  priority: number;
  dueAt: number | null;
  tries: number;
  /** Attempts of any result; `tries` are those that counted against the message. */
  attempts: number;
  /** Process deaths while it was under way. */
  deaths: number;
  lease: string | null;
  leaseUntil: number | null;
  subject: string;
  headerId: string | null;
  envid: string | null;
  why: string;
  lastReply: string | null;
  resendOf: string | null;
  createdAt: number;
  queuedAt: number | null;
  releasedAt: number | null;
  deliveredAt: number | null;
}

export interface MessageContentTable {
  messageId: string;
  /** JSON, or null while nothing is frozen. */
  ingredients: string | null;
  /** JSON of what the message was asked to be: explicit addresses, note, subject, key. Routing runs on it again. */
  request: string;
}

export interface AttemptTable {
  id: string;
  messageId: string;
  number: number;
  transport: string;
  worker: string;
  phase: string;
  startedAt: number;
  endedAt: number | null;
  result: string | null;
  reply: string | null;
  transcript: string | null;
}

export interface EventTable {
  id: string;
  subject: string;
  subjectId: string;
  at: number;
  what: string;
  by: string;
  text: string;
  evidence: string | null;
  /** The same evidence is never written twice. */
  evidenceKey: string | null;
}

export interface TransportTable {
  name: string;
  /** closed, open, half-open. */
  breaker: string;
  reason: string | null;
  detail: string | null;
  failures: number;
  openedAt: number | null;
  /** Null while open until something changes. */
  retryAt: number | null;
  /** Theoretical arrival time of the limiter (GCRA), epoch ms. */
  tat: number;
  /** Digest of its settings when the breaker opened. */
  settings: string | null;
  /** The worker that has it, where several machines share a database, and until when. */
  owner: string | null;
  ownerUntil: number | null;
  /** While it goes slower than its settings say: messages a minute, connections, since when, and the answer that asked for it. */
  rate: number | null;
  lines: number | null;
  slowedAt: number | null;
  slowedText: string | null;
  /** A person has paused it. */
  pausedAt: number | null;
  pausedBy: string | null;
  pausedReason: string | null;
}

export interface HotFolderFileTable {
  /** Full path of the manifest. */
  path: string;
  /** Of this very file: its bytes and when they were written. */
  digest: string;
  at: number;
  batchId: string | null;
  /** done or refused. */
  result: string;
  /** Null while it lies in the folder still, although everything of it was taken in. */
  putAwayAt: number | null;
}

export interface SuppressionTable {
  id: string;
  channel: string;
  address: string;
  reason: string;
  since: number;
  until: number | null;
  by: string;
}

export interface AccountTable {
  id: string;
  /** Lower case; its role stands in the settings under this name. */
  name: string;
  /** argon2id, in the form of PHC strings. */
  password: string;
  createdAt: number;
  createdBy: string;
  passwordAt: number;
  disabledAt: number | null;
}

export interface SessionTable {
  /** SHA-256 of the token that the browser has. */
  hash: string;
  accountId: string;
  address: string;
  agent: string;
  begunAt: number;
  seenAt: number;
  expiresAt: number;
}

export interface ApiKeyTable {
  id: string;
  name: string;
  /** SHA-256 of the key. */
  hash: string;
  role: string;
  anyAddress: number;
  createdAt: number;
  createdBy: string;
  usedAt: number | null;
  revokedAt: number | null;
}

export type Database = Kysely<Tables>;
/** A connection inside a transaction. */
export type Connection = Transaction<Tables>;
