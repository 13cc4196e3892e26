// Memory for composed messages, used again and again: new memory for each costs more than encoding into it.

/** Larger ones are not kept. Octets. */
const largest = 1024 * 1024;
/** So many are kept at most. */
const most = 32;
/** Room is made in steps, so that messages of about one size fit the same memory. */
const step = 64 * 1024;

const free: Buffer[] = [];

/** Lends memory of at least this size until `use` ends. Memory that the system may still read is never lent again. */
export async function withScratch(size: number, use: (memory: Buffer) => Promise<void>): Promise<void> {
  const at = free.findIndex((memory) => memory.length >= size);
  const memory = at < 0 ? Buffer.allocUnsafeSlow(Math.ceil(size / step) * step) : free.splice(at, 1)[0]!;
  // When it throws, a write may be under way: the memory goes with it.
  await use(memory);
  if (memory.length <= largest && free.length < most) free.push(memory);
}
