// What intake works with: the store, the files, the settings, a clock and a source of seeds.
import type { Settings } from '../message/settings.ts';
import type { FileStore } from '../store/files/file-store.ts';
import type { Store } from '../store/store.ts';
import type { Lookers } from './lookers.ts';

export interface IntakeParts {
  store: Store;
  files: FileStore;
  settings: Settings;
  /** Who did it, for the history. */
  by: string;
  now: () => number;
  /** 128 random bits in hex: seed of Message-ID, boundary and ENVID. */
  newSeed: () => string;
  newId: () => string;
  /** Threads that were started ahead, for one run; it ends them. */
  lookers?: Lookers | null;
  /** Documents looked at so far. */
  onProgress?: (done: number) => void;
  /** Places where a crash test ends the process: right before and right after W1. */
  failpoint?: (name: 'before-W1' | 'W1') => void;
}
