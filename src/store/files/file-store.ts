// The file store as the rest of the program sees it: bytes by content. Disk now; an object store fits the same shape.
import type { FileHandle } from 'node:fs/promises';

/** A store that a thread of the program can open for itself. */
export interface OpenedInThread {
  folder: string;
  /** A person must know, once. */
  tell(text: string): void;
}

export interface FileStore {
  /** Null where a thread can not have its own. */
  inThread: OpenedInThread | null;
  /**
   * To be asked before a batch, with all of its octets: what is taken in must also be sent, and its results written.
   * @throws OBX026 when there is too little space
   */
  room(incoming: number): Promise<void>;
  /**
   * Keeps the bytes of every entry and resolves when all of them are durable: a row may name them from then on.
   * @returns the sha256 of each, lower-case hex, in the same order
   * What is there already is looked at, and written again when it is damaged.
   * @throws OBX018 when they can not be written, OBX026 when there is too little space for them
   */
  put(contents: readonly Uint8Array[]): Promise<string[]>;
  /**
   * As `put`, of a file that is too large to be held: it goes through in pieces.
   * @param look sees the very bytes that are kept, in a file that is open for reading, before they get their name
   * @throws OBX003 when the file can not be read, OBX018 when it can not be kept, OBX026 when there is too little space
   */
  putFile<T>(
    path: string,
    look: (file: FileHandle, size: number) => Promise<T>,
  ): Promise<{ sha256: string; size: number; seen: T }>;
  /** @throws OBX017 when they are not there, or are not what their name says */
  get(sha256: string): Promise<Uint8Array>;
  /** Whether `fill` knows where it lies. After `get` it may. */
  isAtHand(sha256: string): boolean;
  /**
   * Reads what is at hand, and not large, into memory of its size without waiting: no new memory for each document.
   * @throws OBX017 when it is damaged or gone; `get` may find it elsewhere, and then it is at hand again
   */
  fill(sha256: string, memory: Uint8Array): void;
  /**
   * The same in pieces, for files that are too large to be held.
   * @throws OBX017 while it is read; whether the bytes are right is known at the end only
   */
  pieces(sha256: string): AsyncIterable<Uint8Array>;
  has(sha256: string): Promise<boolean>;
}
