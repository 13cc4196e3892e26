// What a command works on: one data folder, opened. main.ts joins the parts; the commands see only this.
import type { SecretKey } from '../config/secret-key.ts';
import type { Failpoint } from '../dispatch/failpoint.ts';
import type { WayOut } from '../dispatch/lane.ts';
import type { Settings, TransportSettings } from '../message/settings.ts';
import type { Transport } from '../message/transport.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Store } from '../store/store.ts';
import type { Identity } from './identity.ts';

export interface Installation {
  /** Path of the data folder. */
  data: string;
  store: Store;
  files: FileStore;
  key: SecretKey;
  identity: Identity;
  /** @throws OBX005 while no company is set up */
  settings(): Promise<Settings>;
  /** One way out, ready to send. */
  transport(settings: TransportSettings): Promise<Transport>;
  waysOut(settings: Settings): Promise<WayOut[]>;
  failpoint: Failpoint;
  /** Answers a monitor on a port of this machine. @throws OBX020 */
  serve(port: number): Promise<{ close(): void }>;
  close(): Promise<void>;
}

/** The options that every command has, and where its words go. */
export interface Context {
  data: string;
  json: boolean;
  /** Who did it, for the history: the name of the system's user. */
  by: string;
  /** Opened at the first call, closed when the command ends. */
  installation(): Promise<Installation>;
  /** For people on stdout; nothing with --json. */
  say(text: string): void;
  /** One JSON value on stdout; nothing without --json. */
  print(value: unknown): void;
  /** For people on stderr, also with --json. */
  warn(text: string): void;
}

/** A command gives its exit code: 0 done, 1 something failed, 2 bad input, 3 not possible now. */
export type ExitCode = 0 | 1 | 2 | 3;
