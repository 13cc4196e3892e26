// Archives as every tar reads them (POSIX.1-1988 ustar): written and read as streams, with plain files only.

const blockLength = 512;

export interface TarHead {
  name: string;
  size: number;
  /** Epoch ms. */
  at: number;
}

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

/** From 8 GiB on a size does not fit into eleven octal digits: it is written in binary, as GNU tar and POSIX pax readers know it. */
function sizeField(size: number): Buffer {
  if (size < 0o100000000000) return Buffer.from(octal(size, 12));
  const field = Buffer.alloc(12);
  field[0] = 0x80;
  field.writeBigUInt64BE(BigInt(size), 4);
  return field;
}

const checksumOf = (head: Buffer): number => {
  let sum = 0;
  for (const [at, byte] of head.entries()) sum += at >= 148 && at < 156 ? 32 : byte;
  return sum;
};

/** @throws when the name is longer than 100 octets */
export function tarHead({ name, size, at }: TarHead): Buffer {
  const written = Buffer.from(name);
  if (written.length > 100) throw new Error(`the name ${name} is too long for the archive`);
  const head = Buffer.alloc(blockLength);
  written.copy(head, 0);
  head.write(octal(0o600, 8), 100);
  head.write(octal(0, 8), 108);
  head.write(octal(0, 8), 116);
  sizeField(size).copy(head, 124);
  head.write(octal(Math.floor(at / 1000), 12), 136);
  head.write('0', 156);
  head.write('ustar\x0000', 257);
  head.write(`${octal(checksumOf(head), 7)} `, 148);
  return head;
}

/** Fills the last block of a file. */
export const tarFill = (size: number): Buffer => Buffer.alloc((blockLength - (size % blockLength)) % blockLength);
/** Two empty blocks: without them an archive is cut off. */
export const tarEnd = Buffer.alloc(2 * blockLength);

function readHead(head: Buffer): TarHead {
  const field = (from: number, length: number): string => head.toString('utf8', from, from + length).split('\0')[0]!;
  if (Number.parseInt(field(148, 8), 8) !== checksumOf(head)) throw new Error('it is no archive, or it is damaged');
  if (field(156, 1) !== '0') throw new Error(`it holds ${field(0, 100)}, which is no plain file`);
  const size = head[124]! & 0x80 ? Number(head.readBigUInt64BE(128)) : Number.parseInt(field(124, 12), 8);
  return { name: field(0, 100), size, at: Number.parseInt(field(136, 12), 8) * 1000 };
}

/** Bytes by the number, from a stream that comes in pieces of any size. */
class Bytes {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** At most so many bytes, and at least one. @throws at the end of the stream */
  async take(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done) throw new Error('it is cut off');
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async block(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = blockLength; left > 0; left -= parts.at(-1)!.length) parts.push(await this.take(left));
    return Buffer.concat(parts);
  }

  async *file(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      const part = await this.take(left);
      left -= part.length;
      yield part;
    }
    for (let fill = tarFill(size).length; fill > 0;) fill -= (await this.take(fill)).length;
  }
}

/**
 * The files of an archive, one after the other; the content of each must be read before the next is asked for.
 * @throws when it is no archive, damaged, or cut off
 */
export async function* readTar(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<{ head: TarHead; content: AsyncGenerator<Buffer> }> {
  const bytes = new Bytes(pieces);
  for (;;) {
    const block = await bytes.block();
    if (block.every((byte) => byte === 0)) return;
    const head = readHead(block);
    yield { head, content: bytes.file(head.size) };
  }
}
