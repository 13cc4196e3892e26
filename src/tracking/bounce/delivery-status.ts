// The machine part of a delivery report: message/delivery-status (RFC 3464) and its international twin (RFC 6533).
import { addressOfField } from './address.ts';
import type { BounceAction } from './answer.ts';
import { fieldOf, type Header, readHeader } from './mime/header.ts';
import { limits } from './mime/limits.ts';

export interface StatusGroup {
  address: string | null;
  /** Other names the report gives the recipient: after forwarding, within the mail system. */
  others: readonly string[];
  /** null: the report does not say, or says what RFC 3464 does not know. */
  action: BounceAction | null;
  status: string | null;
  diagnostic: string;
}

export interface DeliveryStatus {
  envelopeId: string | null;
  groups: readonly StatusGroup[];
}

const actions: ReadonlyMap<string, BounceAction> = new Map([
  ['failed', 'failed'],
  ['failure', 'failed'],
  ['error', 'failed'],
  ['expired', 'failed'],
  ['delayed', 'delayed'],
  ['deferred', 'delayed'],
  ['delivered', 'delivered'],
  ['relayed', 'relayed'],
  ['expanded', 'expanded'],
]);

const recipientFields = ['final-recipient', 'original-recipient', 'x-actual-recipient'];
const isRecipient = (block: Header): boolean => recipientFields.some((name) => block.has(name));

const statusCode = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/;

function readGroup(block: Header): StatusGroup {
  const named = ['original-recipient', 'final-recipient', 'x-actual-recipient']
    .map((name) => addressOfField(fieldOf(block, name)))
    .filter((one) => one !== null);
  const status = fieldOf(block, 'status') ?? '';
  const code = statusCode.exec(status)?.[1] ?? null;
  const action = /[a-z]+/i.exec(fieldOf(block, 'action') ?? '')?.[0].toLowerCase() ?? '';
  // What stands behind the code, or instead of it, is often all that is said.
  const comment = status.replace(statusCode, ' ');
  return {
    address: named[0] ?? null,
    others: named.slice(1),
    action: actions.get(action) ?? null,
    status: code,
    diagnostic: [fieldOf(block, 'diagnostic-code') ?? '', comment].join(' ').trim(),
  };
}

/** What was sent is printable ASCII (RFC 3461 section 5.4); some systems put words of their own there. */
const envelope = /^[ -~]{1,200}$/;

/** Some systems leave out the blank line between two recipients. */
function splitBlock(block: string): string[] {
  const [first, ...more] = block.split(/^(?=final-recipient[ \t]*:)/im);
  return more.length > 1 ? [`${first}${more[0]}`, ...more.slice(1)] : [block];
}

/** Said twice is said once. */
const withoutRepeats = (groups: readonly StatusGroup[]): StatusGroup[] => [
  ...new Map(groups.map((group) => [JSON.stringify(group), group])).values(),
];

/** @param text of the part, decoded. Never throws */
export function readDeliveryStatus(text: string): DeliveryStatus {
  const blocks = text
    .slice(0, limits.header)
    .split(/\n[ \t]*\n/)
    .flatMap(splitBlock)
    .map(readHeader);
  const first = blocks.find((block) => block.has('original-envelope-id'));
  return {
    envelopeId: (first && envelope.exec(fieldOf(first, 'original-envelope-id') ?? '')?.[0]) ?? null,
    groups: withoutRepeats(blocks.filter(isRecipient).slice(0, limits.recipients).map(readGroup)),
  };
}
