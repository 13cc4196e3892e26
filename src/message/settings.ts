// The settings as the rest of the program sees them: checked, defaults filled in. The file's form is in config/.
import type { Channel } from './message.ts';

/** A secret by reference, or sealed with the installation's key. Its value is read late and never kept here. */
export type SecretSource = { env: string } | { file: string } | { sealed: string };

export interface Company {
  code: string;
  name: string;
  /** From of every email, unless a document type says otherwise. */
  email: string;
  fax: string | null;
  /** ISO 3166 two letters: how bare telephone numbers are read. */
  country: string;
  /** IANA name. */
  timeZone: string;
  /** Notes that stand under the notes of every document type. */
  note: { email: string | null; fax: string | null };
  /** Channels when neither customer nor type says which; order = fallback. */
  deliver: Channel[];
}

export type Grouping = 'each' | 'message' | 'merged';
export type CoverPolicy = 'never' | 'always' | 'when-note';
/** What happens to a message that may have gone. */
export type UncertainPolicy = 'hold' | 'once-more';

export interface DocumentType {
  code: string;
  name: string;
  /** Liquid. */
  fileName: string;
  grouping: Grouping;
  /** Channels of this type when the customer says nothing; null: the company's. */
  deliver: Channel[] | null;
  /** Waits for a release before it goes. */
  hold: boolean;
  uncertain: UncertainPolicy;
  email: {
    subject: string;
    /** Markdown with Liquid fields. */
    note: string;
    transport: string | null;
    from: string | null;
    replyTo: string | null;
  };
  fax: { subject: string; note: string; transport: string | null; cover: CoverPolicy };
}

/** Login by OAuth 2.0: who asks for the token, where, and what proves it. The mailbox is `user` of the transport. */
export type OAuthSettings =
  | {
      kind: 'microsoft';
      /** Id or domain of the tenant. */
      tenant: string;
      /** Application (client) id. */
      client: string;
      /** Exactly one of secret and certificate is there. */
      secret: SecretSource | null;
      /** PEM file with the certificate and its private key. */
      certificate: { file: string } | null;
      /** Null: Microsoft's for the whole world. */
      tokenUrl: string | null;
      /** Null: that of the protocol. National clouds have their own. */
      scope: string | null;
    }
  | {
      kind: 'google';
      /** JSON key file of a service account. */
      key: { file: string };
      /** Null: the one that the key file names. */
      tokenUrl: string | null;
    }
  | {
      kind: 'refresh';
      tokenUrl: string;
      client: string;
      /** Null for a public client. */
      secret: SecretSource | null;
      refreshToken: SecretSource;
      scope: string | null;
    };

export type TlsMode = 'required' | 'implicit' | 'opportunistic' | 'none';

export interface Limits {
  connections: number;
  perMinute: number | null;
  perDay: number | null;
}

/** Of a mail server. `null` is no limit. */
export interface SmtpLimits extends Limits {
  /** Longest life of a connection. */
  sessionMinutes: number | null;
  /** Octets over one connection before a new one is made. */
  bytesPerConnection: number | null;
  /** Octets of one message as it goes over the line: attachments are a third larger there than on the disk. */
  largestMessage: number | null;
  /** Messages that may be on their way over one connection at once. So many are in doubt at most when it drops. */
  window: number;
}

export interface SmtpSettings {
  kind: 'smtp';
  name: string;
  /** Its own name, also where an alias was written. */
  preset: string | null;
  host: string;
  /** The host was written with "[DEBUG]" before it. */
  debug: boolean;
  port: number;
  tls: TlsMode;
  user: string | null;
  password: SecretSource | null;
  /** In place of a password. */
  oauth: OAuthSettings | null;
  /** AUTH without TLS: only by explicit choice, and only to loopback or private addresses. */
  authInClear: boolean;
  /** Private certificate authority: path of a PEM file. */
  ca: { file: string } | null;
  /** "SHA256:" and the fingerprint of the one certificate that is trusted. */
  fingerprint: string | null;
  /** Lowest TLS version; 1.2 unless an old server needs less. */
  minTls: '1.0' | '1.1' | '1.2' | '1.3';
  /** Name said in EHLO; null: the machine's. */
  ehlo: string | null;
  /** MAIL FROM; null: the From of the message. */
  sender: string | null;
  /** Liquid for an email-to-fax gateway ({{ fax.digits }}, {{ fax.e164 }}, {{ fax.national }}); null: an ordinary mail server. */
  address: string | null;
  /** Messages over one connection before a new one is made. */
  messagesPerConnection: number;
  /** Attachments may go as they are, without base64, where the server offers it. */
  binary: boolean;
  /** Extensions never to use though offered, such as PIPELINING. */
  avoid: string[];
  limits: SmtpLimits;
}

export interface DriverSettings {
  kind: 'driver';
  name: string;
  command: string;
  /** Put before the five arguments. */
  arguments: string[];
  /** Seconds until the whole process group is ended. */
  timeout: number;
  limits: Limits;
}

/** A mailbox of Microsoft 365, reached through Microsoft Graph. */
interface GraphMailbox {
  /** Address of the mailbox. */
  user: string;
  oauth: OAuthSettings;
  /** With the version, without a slash at the end. */
  baseUrl: string;
}

export interface GraphSettings extends GraphMailbox {
  kind: 'graph';
  name: string;
  limits: Limits;
}

export interface OutlookGraphSettings extends GraphMailbox {
  kind: 'outlook';
  by: 'graph';
  name: string;
  limits: Limits;
}

export interface OutlookImapSettings {
  kind: 'outlook';
  by: 'imap';
  name: string;
  host: string;
  port: number;
  tls: Exclude<TlsMode, 'opportunistic'>;
  user: string;
  /** One of the two. */
  password: SecretSource | null;
  oauth: OAuthSettings | null;
  /** Private certificate authority: path of a PEM file. */
  ca: { file: string } | null;
  limits: Limits;
}

export interface OutlookFileSettings {
  kind: 'outlook';
  by: 'file';
  name: string;
  /** Full path. */
  folder: string;
  limits: Limits;
}

/** Makes a draft that a person sends. */
export type OutlookSettings = OutlookGraphSettings | OutlookImapSettings | OutlookFileSettings;

export type TransportSettings = SmtpSettings | DriverSettings | GraphSettings | OutlookSettings;

/** Rule for customers of a class, or for all. */
export interface Rule {
  class: string | null;
  /** Channels by document type; `default` for the rest. */
  deliver: Record<string, Channel[]>;
}

export const userRoles = ['clerk', 'approver', 'admin', 'auditor', 'integrator'] as const;
export type UserRole = (typeof userRoles)[number];

export interface UserRights {
  role: UserRole;
  /** May send to an address that is not on file for the customer. */
  anyAddress?: boolean;
}

export interface HotFolder {
  path: string;
}

export interface Settings {
  company: Company;
  documentTypes: Record<string, DocumentType>;
  transports: Record<string, TransportSettings>;
  rules: Rule[];
  users: Record<string, UserRights>;
  hotFolders: HotFolder[];
}

/** A customer of the directory, with everything routing looks at. */
export interface Customer {
  company: string;
  /** Verbatim. */
  number: string;
  name: string;
  class: string | null;
  language: string | null;
  timeZone: string | null;
  salesperson: string | null;
  email: string[];
  fax: string[];
  cc: string[];
  bcc: string[];
  /** Channels by document type; `default` for the rest. */
  deliver: Record<string, Channel[]>;
  note: { email: string | null; fax: string | null };
  /** Who gave each field last: `import` or a person. A person's field is not overwritten by an import. */
  owners: Record<string, string>;
  /** Where it came from: "customers.csv, 2026-11-24". */
  source: string;
}
