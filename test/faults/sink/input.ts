// The octets of one client, taken line by line, content by content, or by count: whatever follows in the same flight waits its turn.
import { mostKept } from './ledger.ts';

/** More than this waiting unread stops the reading: the window closes, as behind a real slow server. */
const mostWaiting = 4 * 1024 * 1024;
const endOfContent = Buffer.from('\r\n.\r\n');

/** What is known of a content that is coming in. */
export interface Incoming {
  pieces: Buffer[];
  octets: number;
  isWhole: boolean;
  /** The last octets: the end may be cut in two. A content begins behind a line end. */
  tail: Buffer;
}

export const newIncoming = (): Incoming => ({ pieces: [], octets: 0, isWhole: false, tail: Buffer.from('\r\n') });

const keep = (into: Incoming, piece: Buffer): void => {
  if (into.octets < mostKept) into.pieces.push(piece);
  into.octets += piece.length;
};

/** Octets that turned out to be the dot. */
const drop = (from: Incoming, count: number): void => {
  if (from.octets <= mostKept) from.pieces = [Buffer.concat(from.pieces).subarray(0, from.octets - count)];
  from.octets -= count;
};

export class Input {
  #chunks: Buffer[] = [];
  #length = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  get isFull(): boolean {
    return this.#length > mostWaiting;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  #all(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #keepFrom(whole: Buffer, at: number): void {
    const rest = whole.subarray(at);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
  }

  /** The next line without its end, or null while it is not whole. */
  line(): string | null {
    const whole = this.#all();
    const end = whole.indexOf('\r\n');
    if (end < 0) return null;
    this.#keepFrom(whole, end + 2);
    return whole.toString('latin1', 0, end);
  }

  /** Takes octets of a content until its dot, `most` at a time; the dot is not among them. */
  content(into: Incoming, most = Number.POSITIVE_INFINITY): void {
    const whole = this.#all();
    const seen = into.tail.length;
    const joined = seen === 0 ? whole : Buffer.concat([into.tail, whole.subarray(0, Math.min(whole.length, most))]);
    const end = joined.indexOf(endOfContent);
    if (end >= 0) {
      const used = end + endOfContent.length - seen;
      // The CRLF before the dot belongs to the content (RFC 5321 4.1.1.4), unless it is the one that we put there.
      const own = end + 2 - seen;
      if (own > 0) keep(into, joined.subarray(seen, end + 2));
      else if (own < 0) drop(into, -own);
      this.#keepFrom(whole, used);
      into.isWhole = true;
      return;
    }
    const taken = Math.min(whole.length, most);
    keep(into, whole.subarray(0, taken));
    into.tail = Buffer.from(joined.subarray(Math.max(0, joined.length - endOfContent.length + 1)));
    this.#keepFrom(whole, taken);
  }

  /** Takes up to `wanted` octets as they are, for BDAT. @returns how many there were */
  octets(into: Incoming, wanted: number): number {
    const whole = this.#all();
    const taken = Math.min(wanted, whole.length);
    keep(into, whole.subarray(0, taken));
    this.#keepFrom(whole, taken);
    return taken;
  }
}
