// What the server works with: the opened installation, a clock, bounds, and how it is reached.
import type { Opened } from '../desk/opened.ts';
import type { Live } from './live.ts';

export interface Bounds {
  /** Octets of one uploaded file, and how many files come at once. */
  fileSize: number;
  files: number;
  /** Octets of a file that is read whole: customers. */
  table: number;
  /** An upload that brings nothing for so long is given up. */
  uploadIdleMs: number;
  /** Octets of a JSON body. */
  body: number;
}

export const usualBounds: Bounds = {
  fileSize: 200 * 1024 * 1024,
  files: 50,
  table: 32 * 1024 * 1024,
  uploadIdleMs: 30_000,
  body: 6 * 1024 * 1024,
};

export interface ServerParts {
  opened: Opened;
  now: () => number;
  /** For the person at the console. */
  tell(text: string): void;
  bounds: Bounds;
  /** Browsers speak TLS to it, or to a proxy before it. */
  secure: boolean;
  behindProxy: boolean;
  /** It is reached from this machine only: a monitor need not sign in. */
  isLocal: boolean;
  live: Live;
  /** Hash of the token that makes the first administrator; null when there is one. */
  setup: { hash: string | null };
  /** Answers are held against the contract: for tests. */
  checkAnswers: boolean;
  version: string;
}
