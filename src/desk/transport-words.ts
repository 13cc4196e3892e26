// Transports and presets in words: limits, size, where they lead, and whether they are stopped.
import type { Preset, PresetLimits } from '../config/presets/preset.ts';
import { lineStep, paceOf, rateStep } from '../dispatch/pace.ts';
import { splitNext } from '../message/advice.ts';
import type { Limits, SmtpLimits, TransportSettings } from '../message/settings.ts';
import { whenText } from '../message/when.ts';
import type { TransportState } from '../store/transports.ts';

const number = new Intl.NumberFormat('en-US');
const withCommas = (value: number): string => number.format(value);

const bytesText = (bytes: number): string => {
  const mega = bytes / 1_048_576;
  return `${mega >= 10 ? Math.floor(mega) : mega.toFixed(1)} MB`;
};

type AnyLimits = { [K in keyof (PresetLimits & SmtpLimits)]?: number | null };

/** "2 at once, 25 a minute, 9,000 a day"; what is not limited is not named. */
export function limitsText({ connections, perMinute, perDay }: AnyLimits): string {
  const parts = [
    connections ? `${connections} at once` : '',
    perMinute ? `${withCommas(perMinute)} a minute` : '',
    perDay ? `${withCommas(perDay)} a day` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** What limits one connection and one message. */
export function sizesText(limits: AnyLimits, messagesPerConnection: number | undefined): string {
  const { sessionMinutes, bytesPerConnection, largestMessage, recipients, window = 1 } = limits;
  const parts = [
    messagesPerConnection ? `${withCommas(messagesPerConnection)} messages a connection` : '',
    bytesPerConnection ? `${bytesText(bytesPerConnection)} a connection` : '',
    sessionMinutes ? `${sessionMinutes} minutes a connection` : '',
    window !== null && window > 1 ? `up to ${window} on their way over a connection` : '',
    largestMessage ? `${bytesText(largestMessage)} a message as it goes over the line` : '',
    recipients ? `${recipients} recipients a message there (Outbox sends to one)` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

export const largestText = ({ largestMessage }: AnyLimits): string => (largestMessage ? bytesText(largestMessage) : '');

/** "smtp.office365.com:587", or what is to be given. */
export const placeText = ({ host, port, address }: Preset): string =>
  address === undefined ? `${host ?? '(your host)'}:${port ?? ''}` : '(your mail server)';

export function wayText(transport: TransportSettings): string {
  if (transport.kind === 'driver') return transport.command;
  if (transport.kind === 'smtp') return `${transport.host}:${transport.port}`;
  if (transport.kind === 'graph' || transport.by === 'graph') return `mailbox ${transport.user}`;
  return transport.by === 'imap' ? `${transport.host}:${transport.port}` : transport.folder;
}

/** The moment it is, and how people here write moments. */
export interface Here {
  now: number;
  /** IANA name. */
  timeZone: string;
}

export const isPaused = (state: TransportState | undefined): boolean => (state?.pausedAt ?? null) !== null;
export const isStopped = (state: TransportState | undefined): boolean => isPaused(state) || state?.breaker === 'open';

const pausedText = ({ pausedAt, pausedBy, pausedReason }: TransportState, { now, timeZone }: Here): string =>
  `paused by ${pausedBy} ${whenText(pausedAt!, now, timeZone)}${pausedReason === null ? '' : `: ${pausedReason}`}`;

const roundly = (value: number): string => withCommas(Math.round(value * 10) / 10);

/** "goes slower (12 of 25 a minute, +2.5 every 5 clean minutes), because it was told: ..."; empty when it does not. */
export function slowText(state: TransportState | undefined, limits: Limits): string {
  if (!state || state.slowedAt === null) return '';
  const pace = paceOf(state, limits);
  const { perMinute, connections } = limits;
  const parts = [
    perMinute !== null && pace.perMinute! < perMinute
      ? `${roundly(pace.perMinute!)} of ${withCommas(perMinute)} a minute, +${roundly(rateStep(perMinute))} every 5 clean minutes`
      : '',
    pace.connections < connections
      ? `${pace.connections} of ${connections} at once, +${lineStep(limits)} every 5 clean minutes`
      : '',
  ].filter(Boolean);
  if (parts.length === 0) return '';
  return `goes slower (${parts.join('; ')}), because it was told: ${splitNext(state.slowedText ?? '').matter}`;
}

/** Words for a person: works, goes slower, paused by whom, stopped until when and why, or trying again. */
export function stateText(state: TransportState | undefined, limits: Limits, here: Here): string {
  if (state && isPaused(state)) return pausedText(state, here);
  if (!state || state.breaker === 'closed') return slowText(state, limits) || 'works';
  if (state.breaker === 'half-open') return 'tries with one message';
  const why = splitNext(state.detail ?? '').matter;
  const until =
    state.retryAt === null
      ? 'until something is changed'
      : `and tries again by itself ${whenText(state.retryAt, here.now, here.timeZone)}`;
  return `stopped ${until}: ${why}`;
}

/** What to do about one that stands still. */
export function stoppedNext(state: TransportState, { now, timeZone }: Here): string {
  const { name, retryAt, detail } = state;
  if (isPaused(state)) return `outbox transports resume ${name}`;
  const own = splitNext(detail ?? '').next;
  if (retryAt === null) return own ?? `Mend the cause, then: outbox test ${name}`;
  const itself = `It goes on by itself ${whenText(retryAt, now, timeZone)}. Mended before: outbox test ${name}`;
  return own === null || own.startsWith('Nothing') ? itself : `${own} ${itself}`;
}
