// What a command works on: one data folder, opened. main.ts joins the parts; the commands see only this.
import type { Opened } from '../desk/opened.ts';
import type { WayOut } from '../dispatch/lane.ts';
import type { Settings } from '../message/settings.ts';
import type { Identity } from './identity.ts';

export interface Installation extends Opened {
  identity: Identity;
  waysOut(settings: Settings): Promise<WayOut[]>;
  /** Answers the browser, programs and a monitor. @throws OBX020 when the port is taken, OBX240, OBX241 */
  serve(listening: Listening): Promise<{ address: string; stop(): Promise<void> }>;
  close(): Promise<void>;
}

/** Where and how the service is to be reached. */
export interface Listening {
  /** 0 for any that is free. */
  port: number;
  /** An address of this machine, "127.0.0.1" unless told otherwise. */
  host: string;
  /** Paths of PEM files. */
  tls: { certificate: string; key: string } | null;
  /** A proxy before it speaks TLS, and says who asks. */
  behindProxy: boolean;
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
