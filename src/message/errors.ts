// Every error a person can meet: a code that is never reused, a sentence, a next step. docs/errors.md is made from this table.

/** Which exit code or HTTP answer it becomes. */
export type ErrorKind =
  | 'usage' // the caller's input: exit 2
  | 'unready' // something must be set up or freed first: exit 3
  | 'failed'; // asked for and not achieved: exit 1

interface Entry {
  kind: ErrorKind;
  /** What happened; {x} is filled in. */
  sentence: string;
  /** What to do; {x} is filled in. */
  hint: string;
}

const catalogue = {
  OBX001: {
    kind: 'usage',
    sentence: 'The settings file {file} is not valid YAML: {detail}',
    hint: 'Mend line {line}.',
  },
  OBX002: { kind: 'usage', sentence: '{file}, line {line}: {detail}', hint: '{hint}' },
  OBX003: {
    kind: 'usage',
    sentence: 'The file {file} can not be read: {detail}',
    hint: 'Check the path and the rights.',
  },
  OBX004: {
    kind: 'unready',
    sentence: 'The secret {name} can not be read: {detail}',
    hint: 'Set it, or name another place for it in the settings.',
  },
  OBX005: {
    kind: 'unready',
    sentence: 'No company is set up in {data} yet.',
    hint: 'Apply a settings file first: outbox apply FILE.yaml',
  },
  OBX006: {
    kind: 'unready',
    sentence: 'Another worker sends for this data folder: process {pid}, since {since}.',
    hint: 'Let it work, or stop it first. Only one worker runs on a SQLite data folder.',
  },
  OBX007: {
    kind: 'unready',
    sentence: 'The database {database} can not be opened: {detail}',
    hint: 'Check the path or address, the rights, and that no newer Outbox has used it.',
  },
  OBX008: {
    kind: 'unready',
    sentence: 'The database was made by a newer Outbox (migration {found}; this one knows {known}).',
    hint: 'Use the newer program, or restore a backup.',
  },
  OBX009: { kind: 'usage', sentence: 'There is no {what} {id}.', hint: '{hint}' },
  OBX010: {
    kind: 'failed',
    sentence: 'Message {id} is {status}: it can not be {verb} now.',
    hint: '{hint}',
  },
  OBX011: { kind: 'usage', sentence: 'The manifest {file} can not be read: {detail}', hint: '{hint}' },
  OBX012: {
    kind: 'usage',
    sentence: 'The batch does not add up: {detail}. Nothing was taken in.',
    hint: 'Print the run again, or correct the #total row.',
  },
  OBX013: { kind: 'usage', sentence: '{place}: {field} {detail}', hint: '{hint}' },
  OBX014: {
    kind: 'usage',
    sentence: '{place}: the key {key} was used before for other bytes ({message}).',
    hint: 'Give a new number, or another key if this is a corrected copy.',
  },
  OBX015: { kind: 'usage', sentence: 'The customer file {file} can not be read: {detail}', hint: '{hint}' },
  OBX016: { kind: 'usage', sentence: '{detail}', hint: '{hint}' },
  OBX017: {
    kind: 'unready',
    sentence: 'The file store lacks {sha256}.',
    hint: 'Restore the folder files/ from a backup.',
  },
  OBX018: {
    kind: 'unready',
    sentence: 'The file store can not be written: {detail}',
    hint: 'Free some space, or mend the disk.',
  },
  OBX019: { kind: 'failed', sentence: 'The lease of message {id} is gone.', hint: 'Nothing: another worker has it.' },
  OBX020: { kind: 'unready', sentence: 'Port {port} can not be opened: {detail}', hint: 'Choose another with --port.' },
  OBX021: {
    kind: 'failed',
    sentence: 'The demo stopped: outbox {command} ended with {code}.\n{detail}',
    hint: 'Please report this with the words above.',
  },
  OBX022: {
    kind: 'unready',
    sentence: 'There is no space left for the database: {detail}',
    hint: 'Free some space. What was not written waits, or is asked for again.',
  },
  OBX023: {
    kind: 'unready',
    sentence: 'The database can not be used: {detail}',
    hint: 'Check the rights of the data folder and its files, and the disk. If the file itself is damaged, restore a backup.',
  },
  OBX024: {
    kind: 'unready',
    sentence: 'The database was locked by another program for {seconds} seconds.',
    hint: 'A long import, a backup or a database browser may hold it: let it end, or close it, and try again.',
  },
  OBX025: {
    kind: 'unready',
    sentence: 'The database server can not be reached: {detail}',
    hint: 'Start it, or check the address and the network, and try again.',
  },
  OBX026: {
    kind: 'unready',
    sentence: 'The data folder has {free} MB of free space: {wanted} MB are needed. Nothing was taken in.',
    hint: 'Free some space: what is sent needs room for its results.',
  },
  OBX027: {
    kind: 'unready',
    sentence: 'It is not known whether the database has written the last step: {detail}',
    hint: 'Nothing at once: when the database is back, the next worker looks at what is under way. What may have gone is shown as uncertain.',
  },
  OBX040: {
    kind: 'unready',
    sentence: 'This is a copy of an installation made on {host} on {date}: {why}. It does not send until you say so.',
    hint: 'If the original never sends again: outbox adopt. If it is no copy, and the place changes often: set OUTBOX_PLACE (docs/backup.md).',
  },
  OBX041: {
    kind: 'usage',
    sentence: 'Nobody is there to be asked whether this installation may send.',
    hint: 'Say it in the command: outbox adopt --yes',
  },
  OBX042: {
    kind: 'failed',
    sentence: 'The backup {file} can not be written: {detail}',
    hint: 'Name a file that does not exist, on a disk with room.',
  },
  OBX043: {
    kind: 'usage',
    sentence: 'The backup {file} can not be restored: {detail}',
    hint: 'Use another backup. Nothing was left in the data folder.',
  },
  OBX044: {
    kind: 'usage',
    sentence: 'The data folder {data} is not empty.',
    hint: 'Name an empty one: outbox --data DIR restore FILE',
  },
  OBX160: {
    kind: 'usage',
    sentence: '{file} is refused. {count}:\n{faults}',
    hint: 'Mend these places and apply again. Nothing was changed.',
  },
  OBX161: {
    kind: 'unready',
    sentence: 'The key of the installation, {file}, can not be used: {detail}',
    hint: 'Restore the file from the backup of the data folder. Without it the sealed passwords must be entered again.',
  },
  OBX170: {
    kind: 'failed',
    sentence: 'No token for {who}: {detail}',
    hint: '{hint}',
  },
  OBX171: {
    kind: 'unready',
    sentence: 'The token endpoint {host} gives no answer: {detail}.',
    hint: 'Outbox tries again by itself. If it lasts, let this machine reach {host} by HTTPS.',
  },
  OBX172: { kind: 'unready', sentence: 'The key file {file} can not be used: {detail}', hint: '{hint}' },
  OBX120: {
    kind: 'usage',
    sentence: 'The template can not be filled in: {detail}',
    hint: 'Mend it in the settings (outbox apply).',
  },
  OBX121: {
    kind: 'usage',
    sentence: 'No fax gateway address can be made: {detail}',
    hint: 'Mend the address of the transport in the settings (outbox apply).',
  },
  OBX140: {
    kind: 'usage',
    sentence: 'The file {name} does not lie under the folder of the manifest.',
    hint: 'Name it relative to the manifest, and put it beside the manifest or in a folder under it.',
  },
  OBX141: {
    kind: 'failed',
    sentence: 'Document {number} of {count} can not be merged: {detail}',
    hint: 'Send the documents as separate attachments: grouping message instead of merged.',
  },
  OBX190: {
    kind: 'usage',
    sentence: 'This is no reply that refuses something: {detail}',
    hint: 'Write it as the mail system did, with its code first: outbox explain-reply "550 5.1.1 No such user"',
  },
  OBX210: {
    kind: 'failed',
    sentence: 'A thread that reads documents has ended: {detail}. Nothing was taken in.',
    hint: 'Take them in again. If it happens again, give the program more memory, or take in fewer documents at once.',
  },
  OBX260: {
    kind: 'usage',
    sentence: 'The mail {file} can not be read: {detail}',
    hint: 'Name files of one mail each, as the mail program saves them (.eml). The others were read.',
  },
  OBX230: {
    kind: 'usage',
    sentence: 'There is nothing at {method} {path}.',
    hint: 'See /api for all that there is.',
  },
  OBX231: { kind: 'usage', sentence: 'The request is not understood: {detail}', hint: 'See /api for what it takes.' },
  OBX232: {
    kind: 'usage',
    sentence: 'Nobody is signed in.',
    hint: 'Sign in, or send an API key: Authorization: Bearer KEY',
  },
  OBX233: {
    kind: 'usage',
    sentence: '{who} (role {role}) may not do this.',
    hint: 'Ask an administrator for another role, or let somebody do it who may: {may}.',
  },
  OBX234: {
    kind: 'usage',
    sentence: 'Too many tries to sign in.',
    hint: 'Wait {seconds} seconds, then try again.',
  },
  OBX235: {
    kind: 'usage',
    sentence: 'Name or password is wrong.',
    hint: 'Try again, or ask an administrator for a new password.',
  },
  OBX236: {
    kind: 'usage',
    sentence: 'The request does not come from a page of this server: {detail}.',
    hint: 'Programs use an API key instead of the cookie. A proxy must pass on the header Host as the browser sent it.',
  },
  OBX237: {
    kind: 'usage',
    sentence: 'It is too large: {detail}.',
    hint: 'Send less at once, or import a manifest on the server: outbox import',
  },
  OBX238: {
    kind: 'usage',
    sentence: 'Nothing more came for {seconds} seconds. Nothing was taken in.',
    hint: 'Send it again over a better line.',
  },
  OBX239: {
    kind: 'usage',
    sentence: 'This link is not valid, or was used before.',
    hint: 'While there is no user, outbox start prints a new one at every start.',
  },
  OBX240: {
    kind: 'unready',
    sentence: 'On {host} passwords would go over the network in clear.',
    hint: 'Give --tls-cert and --tls-key, or put a proxy that speaks TLS before it and say --behind-proxy.',
  },
  OBX241: {
    kind: 'unready',
    sentence: 'The certificate can not be used: {detail}',
    hint: 'Give PEM files that belong together: --tls-cert FILE --tls-key FILE',
  },
  OBX242: {
    kind: 'usage',
    sentence: '{address} is not on file for {customer}, and {who} may send only to addresses on file.',
    hint: 'Put it on file for the customer first, or ask an administrator for the right anyAddress.',
  },
  OBX243: {
    kind: 'usage',
    sentence: 'The form of the request is not understood: {detail}',
    hint: 'Send JSON (Content-Type: application/json) or, with files, multipart/form-data, as /api says.',
  },
  OBX244: {
    kind: 'usage',
    sentence: '{name} is the last administrator.',
    hint: 'Make another user an administrator first.',
  },
  OBX245: { kind: 'usage', sentence: 'There is a user {name} already.', hint: 'Choose another name.' },
  OBX246: {
    kind: 'failed',
    sentence: 'Outbox itself failed at this request.',
    hint: 'Please report it with the number of the request and what outbox start wrote.',
  },
  OBX247: { kind: 'usage', sentence: '{place} was not taken in: {detail}', hint: '{hint}' },
  OBX248: { kind: 'usage', sentence: 'There is no user {name}.', hint: 'See who there is: outbox users' },
} satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof catalogue;
export const errorCatalogue: Readonly<Record<ErrorCode, Entry>> = catalogue;

const fill = (text: string, facts: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in facts ? String(facts[name]) : whole));

/** An error with a code, a sentence for the person (`message`) and a next step (`hint`). */
export class OutboxError extends Error {
  override readonly name = 'OutboxError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly hint: string;
  readonly facts: Readonly<Record<string, string | number>>;
  /** @param facts what fills the {places} of the catalogue's sentence and hint */
  constructor(code: ErrorCode, facts: Record<string, string | number> = {}, cause?: unknown) {
    super(fill(catalogue[code].sentence, facts), cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
    this.kind = catalogue[code].kind;
    this.hint = fill(catalogue[code].hint, facts);
  }
}

/** The words of anything thrown. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
