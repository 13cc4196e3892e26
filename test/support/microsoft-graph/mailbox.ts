// A mailbox as Exchange Online keeps it behind Graph: folders, drafts, what was sent, and a ledger of what really went out.
import PostalMime from 'postal-mime';

export type Folder = 'drafts' | 'outbox' | 'sentitems' | 'deleteditems';

export interface FakeAttachment {
  name: string;
  bytes: Buffer;
}

export interface FakeItem {
  id: string;
  folder: Folder;
  isDraft: boolean;
  /** With angle brackets. */
  internetMessageId: string;
  /** Extended properties by their id. */
  properties: Record<string, string>;
  recipients: string[];
  subject: string;
  /** Null for one that was made as JSON. */
  mime: Buffer | null;
  attachments: FakeAttachment[];
}

/** One message that went out. */
export interface Sent {
  /** The Message-ID of Outbox, without brackets, wherever it was given. */
  messageId: string;
  recipients: string[];
  subject: string;
  mime: Buffer | null;
  attachments: FakeAttachment[];
}

export interface FakeMailbox {
  items: Map<string, FakeItem>;
  /** In the order of sending; never forgets. */
  ledger: Sent[];
  sessions: Map<string, Upload>;
}

export interface Upload {
  item: string;
  name: string;
  size: number;
  chunks: Buffer[];
  received: number;
  isExpired: boolean;
}

export const newMailbox = (): FakeMailbox => ({ items: new Map(), ledger: [], sessions: new Map() });

let counter = 0;
/** Ids of Exchange hold characters that must be encoded in a path. */
export const nextId = (kind: string): string => `${kind}/${++counter}+AAMk=`;

interface JsonMessage {
  subject?: string;
  toRecipients?: { emailAddress: { address: string } }[];
  internetMessageHeaders?: { name: string; value: string }[];
  singleValueExtendedProperties?: { id: string; value: string }[];
}

/** @returns null where a header is not allowed */
export function fromJson(json: JsonMessage): FakeItem | null {
  if ((json.internetMessageHeaders ?? []).some(({ name }) => !/^x-/i.test(name))) return null;
  const properties = (json.singleValueExtendedProperties ?? []).map(({ id, value }) => [id, value]);
  return {
    id: nextId('item'),
    folder: 'drafts',
    isDraft: true,
    // Exchange chooses its own, whatever is asked for.
    internetMessageId: `<${nextId('exchange')}@prod.outlook.example>`,
    properties: Object.fromEntries(properties) as Record<string, string>,
    recipients: (json.toRecipients ?? []).map(({ emailAddress }) => emailAddress.address),
    subject: json.subject ?? '',
    mime: null,
    attachments: [],
  };
}

export async function fromMime(mime: Buffer): Promise<FakeItem> {
  const read = await PostalMime.parse(mime);
  const recipients = [...(read.to ?? []), ...(read.cc ?? []), ...(read.bcc ?? [])].map(({ address }) => address ?? '');
  return {
    id: nextId('item'),
    folder: 'drafts',
    isDraft: true,
    internetMessageId: read.messageId ?? '',
    properties: {},
    recipients,
    subject: read.subject ?? '',
    mime,
    attachments: read.attachments.map(({ filename, content }) => ({
      name: filename ?? '',
      bytes: Buffer.from(content as ArrayBuffer),
    })),
  };
}

/** @param keepsId Prefer: IdType="ImmutableId" was asked for when the draft was made */
export function sendItem(mailbox: FakeMailbox, item: FakeItem, keepsId: boolean): void {
  const own = Object.values(item.properties)[0] ?? item.internetMessageId.replace(/^<|>$/g, '');
  const { recipients, subject, mime, attachments } = item;
  mailbox.ledger.push({ messageId: own, recipients, subject, mime, attachments });
  item.folder = 'sentitems';
  item.isDraft = false;
  if (keepsId) return;
  mailbox.items.delete(item.id);
  item.id = nextId('moved');
  mailbox.items.set(item.id, item);
}
