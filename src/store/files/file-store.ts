// The file store as the rest of the program sees it: bytes by content. Disk now; an object store fits the same shape.

export interface FileStore {
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
