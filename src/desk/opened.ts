// An opened installation as both faces see it, the command line and the server.
import type { SecretKey } from '../config/secret-key.ts';
import type { Failpoint } from '../dispatch/failpoint.ts';
import type { IntakeParts } from '../intake/parts.ts';
import type { OutboxError } from '../message/errors.ts';
import type { Settings, TransportSettings } from '../message/settings.ts';
import type { Transport } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import { newId, newSeed } from '../store/id.ts';
import type { Store } from '../store/store.ts';

export interface Opened {
  /** Path of the data folder. */
  data: string;
  store: Store;
  files: FileStore;
  key: SecretKey;
  identity: {
    /** The reason why this does not send, with the next step; null when it does. */
    fault(): Promise<OutboxError | null>;
  };
  /** @throws OBX005 while no company is set up */
  settings(): Promise<Settings>;
  /** One way out, ready to send. */
  transport(settings: TransportSettings): Promise<Transport>;
  failpoint: Failpoint;
}

/** What intake needs. @param by who does it, for the history. @throws OBX005 */
export const intakePartsOf = async (
  { store, files, settings, failpoint }: Opened,
  by: string,
): Promise<IntakeParts> => ({
  store,
  files,
  settings: await settings(),
  by,
  now: Date.now,
  newSeed,
  newId,
  failpoint,
});
