// From a document set to messages: routing gives drafts, and each draft is frozen into a message.
import { OutboxError } from '../message/errors.ts';
import { attachmentName } from '../message/file-name.ts';
import { type DeliveryKey, deliveryKeys } from '../message/idempotency.ts';
import { fieldsFor, freezeIngredients } from '../message/ingredients.ts';
import type { Attachment, Document, Ingredients, Message } from '../message/message.ts';
import { priorityOf } from '../message/priority.ts';
import type { Reason } from '../message/reasons.ts';
import { type Destination, route } from '../message/routing.ts';
import type { Customer, DocumentType, Grouping, TransportSettings } from '../message/settings.ts';
import type { Suppressed } from '../message/usable-address.ts';
import { canonicalEmail } from '../message/email-address.ts';
import type { Key } from '../store/changes.ts';
import type { Request } from './entry.ts';
import type { IntakeParts } from './parts.ts';

/** One message to be: its documents, its destination, and what was asked for. */
export interface Draft {
  documents: Document[];
  grouping: Grouping;
  customer: Customer | null;
  destination: Destination;
  request: Request;
  /** Of its documents; none while it is blocked, since nothing of it is sent. */
  keys: readonly DeliveryKey<Document>[];
  /** Where it was composed ahead. */
  message?: Message;
}

/** Of which a message is made. */
type Making = Omit<Draft, 'keys' | 'message'>;

const explicitOf = (request: Request) => ({
  email: request.email,
  fax: request.fax,
  source: request.source,
  level: request.level,
});

/** Everything that is not to be used, by channel and address. */
export async function readSuppressed(parts: Pick<IntakeParts, 'store' | 'now'>): Promise<Suppressed> {
  const active = await parts.store.suppressions.active(parts.now());
  const canonical = (channel: string, address: string): string =>
    `${channel} ${channel === 'email' ? canonicalEmail(address) : address}`;
  const byAddress = new Map(active.map((one) => [canonical(one.channel, one.address), one]));
  return (channel, address) => byAddress.get(`${channel} ${address}`) ?? null;
}

/** A document that can not be read goes to nobody; the fault is the reason, and the first destination shows who would get it. */
const withFault = (destinations: readonly Destination[], fault: Reason): Destination[] =>
  destinations.slice(0, 1).map((destination) => ({ ...destination, reason: fault, detail: null }));

export function draftsOf(
  set: { documents: Document[]; grouping: Grouping; request: Request },
  customer: Customer | null,
  suppressed: Suppressed,
  parts: Pick<IntakeParts, 'settings'>,
): Draft[] {
  const [first] = set.documents;
  if (!first) return [];
  const destinations = route({
    settings: parts.settings,
    typeCode: first.type,
    customerNumber: first.customer,
    customer,
    explicit: explicitOf(set.request),
    suppressed,
  });
  const fault = set.documents.find((document) => document.fault !== null)?.fault ?? null;
  const all = fault === null ? destinations : withFault(destinations, fault);
  return all.map((destination) => {
    const draft = { ...set, customer, destination };
    return { ...draft, keys: isKeyed(destination.reason) ? keysOf(draft) : [] };
  });
}

/** The keys of a message to be. */
export const keysOf = ({
  documents,
  destination,
  request,
}: Pick<Making, 'documents' | 'request'> & {
  destination: Pick<Destination, 'channel' | 'recipient'>;
}): DeliveryKey<Document>[] =>
  deliveryKeys(
    documents,
    { ...request, keyOf: ({ id }) => request.keys[id] ?? null },
    destination.channel,
    destination.recipient,
  );

/** Whether it takes keys: what goes out, and what a person prints. */
export const isKeyed = (reason: Reason | null): boolean => reason === null || reason === 'to-print';

/** As the store keeps them. */
export const storedKeys = (keys: readonly DeliveryKey<Document>[]): Key[] =>
  keys.map(({ key, digest }) => ({ key, digest }));

const partOf = (document: Document, name: string): Attachment => ({
  sha256: document.sha256,
  size: document.size,
  mediaType: document.mediaType,
  name,
});

/** Two attachments of one name would overwrite each other where they are saved. */
function distinctNames(parts: readonly Attachment[]): Attachment[] {
  const seen = new Map<string, number>();
  return parts.map((part) => {
    const count = (seen.get(part.name) ?? 0) + 1;
    seen.set(part.name, count);
    return count === 1 ? part : { ...part, name: part.name.replace(/(\.[^.]*)?$/, ` (${count})$1`) };
  });
}

async function mergedPart(draft: Making, name: string, parts: IntakeParts): Promise<Attachment | null> {
  // A library for whole documents, which few runs need.
  const { mayMerge, mergePdfs } = await import('./merge-pdf.ts');
  const contents = await Promise.all(draft.documents.map(({ sha256 }) => parts.files.get(sha256)));
  if (!(await mayMerge(contents))) return null;
  const bytes = await mergePdfs(contents);
  const [sha256] = await parts.files.put([bytes]);
  return { sha256: sha256!, size: bytes.length, mediaType: 'application/pdf', name };
}

/** A driver takes one file. */
const asOneFile = (draft: Making, transport: TransportSettings): boolean =>
  draft.documents.length > 1 && (draft.grouping === 'merged' || transport.kind === 'driver');

async function attachmentsOf(
  draft: Making,
  type: DocumentType,
  transport: TransportSettings,
  parts: IntakeParts,
): Promise<Attachment[]> {
  const { company } = parts.settings;
  const nameOf = (documents: Document[]): string =>
    draft.request.name ??
    attachmentName(
      type.fileName,
      fieldsFor({ ...draft, own: draft.request, company, type, documents }),
      documents[0]!.mediaType,
    );
  if (asOneFile(draft, transport)) {
    const merged = await mergedPart(draft, nameOf(draft.documents), parts);
    if (merged) return [merged];
  }
  return distinctNames(draft.documents.map((document) => partOf(document, nameOf([document]))));
}

interface Frozen {
  ingredients: Ingredients | null;
  reason: Reason | null;
  detail: string | null;
}

const notOneFile = (documents: readonly Document[]): Frozen => ({
  ingredients: null,
  reason: 'one-file',
  detail: `${documents.map(({ file }) => file).join(', ')}: only PDFs without signature and embedded invoice are merged.`,
});

/** A template that can not be filled in blocks the message; the documents are kept. */
async function freeze(
  draft: Making,
  type: DocumentType,
  transport: TransportSettings,
  parts: IntakeParts,
): Promise<Frozen> {
  const { company } = parts.settings;
  const own = { note: draft.request.note, subject: draft.request.subject };
  try {
    const attachments = await attachmentsOf(draft, type, transport, parts);
    // Found out at the last moment it would be a failure; now a person can still choose.
    if (transport.kind === 'driver' && attachments.length > 1) return notOneFile(draft.documents);
    const frozen = { ...draft, own, company, type, transport, attachments, seed: parts.newSeed(), date: parts.now() };
    return { ingredients: freezeIngredients(frozen), reason: null, detail: null };
  } catch (error) {
    if (!(error instanceof OutboxError)) throw error;
    return { ingredients: null, reason: 'template-failed', detail: error.message };
  }
}

async function frozenOf(draft: Making, parts: IntakeParts): Promise<Frozen> {
  const { reason, detail, transport } = draft.destination;
  if (reason !== null) return { ingredients: null, reason, detail };
  const type = parts.settings.documentTypes[draft.documents[0]!.type]!;
  return freeze(draft, type, parts.settings.transports[transport!]!, parts);
}

/** When it may go: of a run, or of one message. */
export interface When {
  hold: boolean;
  /** Epoch ms. */
  notBefore: number | null;
}

const standingOf = (
  draft: Making,
  frozen: Frozen,
  when: When,
  parts: IntakeParts,
): Pick<Message, 'status' | 'reason'> => {
  if (frozen.reason === 'to-print') return { status: 'held', reason: 'to-print' };
  if (frozen.reason !== null) return { status: 'blocked', reason: frozen.reason };
  if (when.hold) return { status: 'held', reason: 'on-hold' };
  if (parts.settings.documentTypes[draft.documents[0]!.type]?.hold) return { status: 'held', reason: 'approval' };
  return { status: 'queued', reason: null };
};

/** The message of a draft, with its bytes decided for good when it can go. */
export async function messageOf(draft: Making, when: When, parts: IntakeParts): Promise<Message> {
  const { destination } = draft;
  const first = draft.documents[0]!;
  const frozen = await frozenOf(draft, parts);
  const now = parts.now();
  return {
    id: parts.newId(),
    batchId: first.batchId,
    company: first.company,
    customer: first.customer,
    documentType: first.type,
    channel: destination.channel,
    transport: destination.transport,
    recipient: destination.recipient,
    role: destination.role,
    ...standingOf(draft, frozen, when, parts),
    phase: null,
    kind: null,
    detail: frozen.detail,
    // Alone. How many it comes with is known when it is taken in: the store says it then.
    priority: priorityOf(1),
    dueAt: frozen.ingredients ? Math.max(now, when.notBefore ?? 0) : null,
    tries: 0,
    subject: frozen.ingredients?.subject ?? draft.request.subject ?? `${first.type} ${first.number}`.trim(),
    ingredients: frozen.ingredients,
    why: destination.why,
    lastReply: null,
    resendOf: null,
    createdAt: now,
    queuedAt: frozen.ingredients ? now : null,
    releasedAt: null,
    deliveredAt: null,
  };
}
