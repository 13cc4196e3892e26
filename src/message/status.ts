// The status machine of a message (docs/status.md): every status, and the only ways from one to another. Pure.

export const statuses = [
  'blocked',
  'held',
  'queued',
  'sending',
  'released',
  'delivered',
  'uncertain',
  'failed',
  'cancelled',
] as const;
export type Status = (typeof statuses)[number];

/** How far a `sending` message has come. From `committing` on, the recipient may have it. */
export type Phase = 'preparing' | 'committing';

/** Why a `failed` message failed: never released, or came back after release. */
export type FailureKind = 'error' | 'bounced';

/** What can happen to a message. Each is written to its history under this name. */
export const triggers = [
  'claim', // W2: a worker takes it under a lease
  'commit', // W3: written before the final dot, BDAT LAST, driver start or fax submit
  'accept', // W4: the mail or fax system took it
  'put-back', // W4: provably unsent; try again later
  'refuse', // W4: refused for good, or tries or time used up
  'lose-sight', // W4 or sweep: may have gone, nobody knows
  'confirm', // evidence that it reached the recipient
  'bounce', // evidence that it came back
  'block', // a check failed before any try
  'hold', // a person, a policy or a poison rule stops it for now
  'release', // a person or a repaired cause lets it go (on)
  'expire', // waited longer than it may
  'cancel', // a person stops it for good
  'reopen', // a person takes a cancel back
] as const;
export type Trigger = (typeof triggers)[number];

/** Where a message stands: all that the machine looks at. */
export type Standing =
  | { status: 'sending'; phase: Phase }
  | { status: 'failed'; kind: FailureKind }
  | { status: Exclude<Status, 'sending' | 'failed'> };

const plain = (status: Exclude<Status, 'sending' | 'failed'>): Standing => ({ status });
const failed = (kind: FailureKind): Standing => ({ status: 'failed', kind });
const sending = (phase: Phase): Standing => ({ status: 'sending', phase });

type Place = Exclude<Status, 'sending' | 'failed'> | `sending ${Phase}` | `failed ${FailureKind}`;

const placeOf = (at: Standing): Place => {
  if (at.status === 'sending') return `sending ${at.phase}`;
  if (at.status === 'failed') return `failed ${at.kind}`;
  return at.status;
};

/** The whole machine: place, trigger, new standing. What is not here is forbidden. */
const machine: Record<Place, Partial<Record<Trigger, Standing>>> = {
  blocked: { release: plain('queued'), hold: plain('held'), cancel: plain('cancelled') },
  held: { release: plain('queued'), block: plain('blocked'), cancel: plain('cancelled') },
  queued: {
    claim: sending('preparing'),
    hold: plain('held'),
    block: plain('blocked'),
    expire: failed('error'),
    cancel: plain('cancelled'),
  },
  'sending preparing': {
    commit: sending('committing'),
    'put-back': plain('queued'),
    refuse: failed('error'),
    hold: plain('held'),
    cancel: plain('cancelled'),
  },
  'sending committing': {
    accept: plain('released'),
    'put-back': plain('queued'),
    refuse: failed('error'),
    'lose-sight': plain('uncertain'),
  },
  uncertain: {
    accept: plain('released'),
    confirm: plain('delivered'),
    bounce: failed('bounced'),
    release: plain('queued'),
    refuse: failed('error'),
    cancel: plain('cancelled'),
  },
  released: { confirm: plain('delivered'), bounce: failed('bounced') },
  delivered: { bounce: failed('bounced') },
  'failed error': {},
  'failed bounced': {},
  cancelled: { reopen: plain('held') },
};

/** The standing after `trigger`, or undefined where the machine forbids it. */
export const after = (at: Standing, trigger: Trigger): Standing | undefined => machine[placeOf(at)][trigger];

/** Nothing more will happen to it but evidence, or a person. */
export const isFinal = (status: Status): boolean =>
  status === 'released' || status === 'delivered' || status === 'failed' || status === 'cancelled';

/** From bad to good: a document shows the worst of its messages. A cancelled message says nothing about the others. */
const worstFirst: Status[] = [
  'failed',
  'blocked',
  'uncertain',
  'held',
  'queued',
  'sending',
  'released',
  'delivered',
  'cancelled',
];

/** The status a document shows for its messages; undefined where it has none. */
export const worst = (of: readonly Status[]): Status | undefined => worstFirst.find((status) => of.includes(status));

/** Every line of the machine, for drawings and tests. */
export function* transitions(): Generator<{ from: Standing; trigger: Trigger; to: Standing }> {
  for (const [place, ways] of Object.entries(machine)) {
    const [status, detail] = place.split(' ') as [Status, string | undefined];
    const from = (
      status === 'sending' ? { status, phase: detail } : status === 'failed' ? { status, kind: detail } : { status }
    ) as Standing;
    for (const [trigger, to] of Object.entries(ways)) yield { from, trigger: trigger as Trigger, to };
  }
}
