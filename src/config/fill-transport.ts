// Fills in what was not written of a transport, whichever kind it is.
import type { TransportSettings } from '../message/settings.ts';
import { fillDriver, fillSmtp } from './fill.ts';
import { fillGraph, fillOutlook } from './fill-mailbox.ts';
import type { RawTransport } from './schema.ts';

export function fillTransport(name: string, raw: RawTransport): TransportSettings {
  switch (raw.kind) {
    case 'smtp':
      return fillSmtp(name, raw);
    case 'driver':
      return fillDriver(name, raw);
    case 'graph':
      return fillGraph(name, raw);
    case 'outlook':
      return fillOutlook(name, raw);
  }
}
