// Ids: UUID version 7 (RFC 9562 5.7), so that they sort by the time they were made.
import { randomFillSync } from 'node:crypto';

/** Asked for in one piece: a call for eight bytes costs as much as one for four thousand. */
const pool = Buffer.alloc(4096);
let used = pool.length;

function random8(): Buffer {
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 8;
  return pool.subarray(used - 8, used);
}

/** The time, and 80 random bits, in hex: what is made from it can not be guessed, and an index of it grows at its end. */
export const newSeed = (now: number = Date.now()): string =>
  now.toString(16).padStart(12, '0') + random8().toString('hex') + random8().toString('hex', 0, 2);

let lastAt = 0;
let sequence = 0;

/** Ids of one millisecond keep their order by a counter in rand_a (RFC 9562 6.2, method 1). */
export function newId(now: number = Date.now()): string {
  if (now > lastAt) {
    lastAt = now;
    sequence = 0;
  } else if (++sequence > 0xfff) {
    lastAt++;
    sequence = 0;
  }
  const random = random8();
  random[0] = (random[0]! & 0x3f) | 0x80;
  const time = lastAt.toString(16).padStart(12, '0');
  const tail = random.toString('hex');
  const order = sequence.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
