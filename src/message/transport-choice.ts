// Which transport a document type uses for a channel: the one it names, or the only one that fits.
import type { Channel } from './message.ts';
import type { DocumentType, Settings, TransportSettings } from './settings.ts';

/** A mail server with an address template is a fax gateway; a driver may be either; a mailbox sends email. */
export const fits = (transport: TransportSettings, channel: Channel): boolean => {
  if (channel !== 'email' && channel !== 'fax') return false;
  if (transport.kind === 'driver') return true;
  if (transport.kind !== 'smtp') return channel === 'email';
  return (transport.address !== null) === (channel === 'fax');
};

/** @returns its name, or null when none is named and not exactly one fits */
export function transportFor(settings: Settings, type: DocumentType, channel: Channel): string | null {
  const named = channel === 'fax' ? type.fax.transport : type.email.transport;
  if (named !== null) return Object.hasOwn(settings.transports, named) ? named : null;
  const fitting = Object.values(settings.transports).filter((transport) => fits(transport, channel));
  return fitting.length === 1 ? fitting[0]!.name : null;
}
