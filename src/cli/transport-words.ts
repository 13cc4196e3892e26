// Transports and presets in words: limits, size, where they lead, and whether they are stopped.
import type { Preset, PresetLimits } from '../config/presets/preset.ts';
import { splitNext } from '../message/advice.ts';
import type { SmtpLimits, TransportSettings } from '../message/settings.ts';
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
  const { sessionMinutes, bytesPerConnection, largestMessage, recipients } = limits;
  const parts = [
    messagesPerConnection ? `${withCommas(messagesPerConnection)} messages a connection` : '',
    bytesPerConnection ? `${bytesText(bytesPerConnection)} a connection` : '',
    sessionMinutes ? `${sessionMinutes} minutes a connection` : '',
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

/** Words for a person: works, stopped until when and why, or trying again. */
export function stateText(state: TransportState | undefined): string {
  if (!state || state.breaker === 'closed') return 'works';
  if (state.breaker === 'half-open') return 'tries with one message';
  const why = splitNext(state.detail ?? '').matter;
  const until =
    state.retryAt === null ? 'until something is changed' : `until ${new Date(state.retryAt).toISOString()}`;
  return `stopped ${until}: ${why}`;
}
