// Routing: who gets a document set, by which channel, and why. Nothing is dropped without a word.
import { type AppliedRule, deliveryRule } from './delivery-rule.ts';
import type { Channel, Role, Why } from './message.ts';
import type { Reason } from './reasons.ts';
import type { Customer, DocumentType, Settings } from './settings.ts';
import { transportFor } from './transport-choice.ts';
import { type CheckedAddress, checkAddress, distinct, type Suppressed } from './usable-address.ts';

/** Addresses that came with the documents. */
export interface Explicit {
  email: readonly string[];
  fax: readonly string[];
  /** "manifest invoices.csv, row 3". */
  source: string;
  level: 'row' | 'command';
}

export interface RoutingInput {
  settings: Settings;
  typeCode: string;
  /** Verbatim; empty when unknown. */
  customerNumber: string;
  customer: Customer | null;
  explicit: Explicit;
  suppressed: Suppressed;
}

/** One message to be: a recipient by a channel, or the reason why there is none. */
export interface Destination {
  channel: Channel;
  role: Role;
  recipient: string;
  transport: string | null;
  why: Why;
  /** Blocked with this reason; `to-print` is held. Null: it can go. */
  reason: Reason | null;
  detail: string | null;
  /** Visible headers of an email, the same on every copy of the set. */
  to: string[];
  cc: string[];
}

interface Chosen {
  channel: 'email' | 'fax';
  addresses: readonly CheckedAddress[];
  why: Why;
}

type Sendable = Chosen['channel'];

const isSendable = (channel: Channel): channel is Sendable => channel === 'email' || channel === 'fax';
const isExplicit = ({ explicit }: RoutingInput): boolean => explicit.email.length + explicit.fax.length > 0;
const names: Record<Channel, string> = { email: 'Email', fax: 'Fax', print: 'Print', none: 'Nothing' };

const blocked = (why: Why, reason: Reason, detail: string | null, channel: Channel = 'email'): Destination => ({
  channel,
  role: 'to',
  recipient: '',
  transport: null,
  why,
  reason,
  detail,
  to: [],
  cc: [],
});

/** With both an email address and a number: a command means both, a row means the customer's order. */
function explicitChannels(input: RoutingInput, rule: AppliedRule): Sendable[] {
  const { explicit } = input;
  const given = (['email', 'fax'] as const).filter((channel) => explicit[channel].length > 0);
  if (explicit.level === 'command' || given.length < 2) return given;
  const ordered = rule.channels.filter(isSendable);
  return given.toSorted((a, b) => (ordered.indexOf(a) >>> 0) - (ordered.indexOf(b) >>> 0));
}

const checkAll = (input: RoutingInput, channel: Sendable, written: readonly string[]): readonly CheckedAddress[] =>
  distinct(written.map((one) => checkAddress(channel, one, input.settings.company.country, input.suppressed)));

const whyText = (channel: Channel, position: number, from: string, passed: readonly string[]): string => {
  const order = position === 0 ? '' : `; ${passed.join(' and ')} could not be used`;
  return `${names[channel]}, by ${from}${order}.`;
};

/** The channels in order, each with its addresses, as rule or row say. */
function candidates(input: RoutingInput, rule: AppliedRule): Chosen[] {
  const explicit = isExplicit(input);
  const channels = explicit ? explicitChannels(input, rule) : rule.channels.filter(isSendable);
  const from = explicit ? `the address given with the document` : rule.text;
  return channels.map((channel, position) => ({
    channel,
    addresses: checkAll(input, channel, explicit ? input.explicit[channel] : (input.customer?.[channel] ?? [])),
    why: {
      text: whyText(channel, position, from, channels.slice(0, position)),
      level: explicit ? input.explicit.level : rule.level,
      source: explicit ? input.explicit.source : sourceOf(input, rule),
    },
  }));
}

/** The address comes from the directory, even where a setting chose the channel. */
const sourceOf = (input: RoutingInput, rule: AppliedRule): string => {
  const directory = input.customer?.source;
  return directory === undefined || directory === rule.source ? rule.source : `${rule.source}; address: ${directory}`;
};

/** Copies go by email only: cc visible, bcc and salesperson not. */
function copiesOf(input: RoutingInput, taken: ReadonlySet<string>): { role: Role; address: CheckedAddress }[] {
  const { customer } = input;
  if (!customer || isExplicit(input)) return [];
  const salesperson = customer.salesperson?.includes('@') ? [customer.salesperson] : [];
  const seen = new Set(taken);
  const roles: [Role, readonly string[]][] = [
    ['cc', customer.cc],
    ['bcc', customer.bcc],
    ['salesperson', salesperson],
  ];
  return roles.flatMap(([role, written]) =>
    checkAll(input, 'email', written).flatMap((address) => {
      if (seen.has(address.canonical)) return [];
      seen.add(address.canonical);
      return [{ role, address }];
    }),
  );
}

function destinationsOf(input: RoutingInput, type: DocumentType, chosen: Chosen): Destination[] {
  const { channel, addresses, why } = chosen;
  const transport = transportFor(input.settings, type, channel);
  const copies = channel === 'email' ? copiesOf(input, new Set(addresses.map(({ canonical }) => canonical))) : [];
  const usable = (all: readonly CheckedAddress[]): string[] =>
    all.filter(({ reason }) => reason === null).map(({ recipient }) => recipient);
  const to = channel === 'email' ? usable(addresses) : [];
  const cc = usable(copies.filter(({ role }) => role === 'cc').map(({ address }) => address));
  return [...addresses.map((address) => ({ role: 'to' as Role, address })), ...copies].map(({ role, address }) => ({
    channel,
    role,
    recipient: address.recipient,
    transport,
    why:
      role === 'to' ? why : { ...why, text: `Copy (${role}) of customer ${input.customerNumber}.`, level: 'customer' },
    reason: address.reason ?? (transport === null ? 'no-transport' : null),
    detail: address.detail,
    to,
    cc,
  }));
}

const isUsable = ({ addresses }: Chosen): boolean => addresses.some(({ reason }) => reason === null);

/** No channel leads anywhere: say what was tried. */
function nowhere(input: RoutingInput, type: DocumentType, tried: readonly Chosen[], why: Why): Destination[] {
  const written = tried.find(({ addresses }) => addresses.length > 0);
  if (written) return destinationsOf(input, type, written);
  const list = tried.map(({ channel }) => channel).join(', ');
  return [blocked(why, 'no-address', `Tried: ${list || 'nothing'}.`, tried[0]?.channel)];
}

/**
 * The destinations of one document set. Explicit addresses win; else the nearest delivery rule, whose channels are tried in
 * order until one has a usable address. An empty list means that the rule says `none`.
 */
export function route(input: RoutingInput): Destination[] {
  const { settings, customer, customerNumber } = input;
  const type = Object.hasOwn(settings.documentTypes, input.typeCode) ? settings.documentTypes[input.typeCode]! : null;
  const unknown: Why = { text: 'No rule could be applied.', level: 'none', source: input.explicit.source };
  if (!type) return [blocked(unknown, 'unknown-type', `Document type "${input.typeCode}".`)];
  const rule = deliveryRule(settings, type, customer);
  const tried = candidates(input, rule);
  if (isExplicit(input)) {
    const usable = tried.filter(isUsable);
    const wanted = input.explicit.level === 'command' ? tried : usable.slice(0, 1);
    return (wanted.length > 0 ? wanted : tried.slice(0, 1)).flatMap((one) => destinationsOf(input, type, one));
  }
  if (!customer)
    return [
      blocked(
        unknown,
        'unknown-customer',
        customerNumber === '' ? 'The document names no customer.' : `Customer ${customerNumber}.`,
      ),
    ];
  const why: Why = { text: `By ${rule.text}.`, level: rule.level, source: rule.source };
  for (const channel of rule.channels) {
    if (channel === 'none') return [];
    if (channel === 'print') return [blocked({ ...why, text: `Print, by ${rule.text}.` }, 'to-print', null, 'print')];
    const chosen = tried.find((one) => one.channel === channel);
    if (chosen && isUsable(chosen)) return destinationsOf(input, type, chosen);
  }
  return nowhere(input, type, tried, why);
}
