// Passwords: argon2id with 19 MiB and 2 passes (OWASP Password Storage), kept in the form of PHC strings.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
type Cost = typeof cost;

const derive = (password: string, nonce: Buffer, { memory, passes, parallelism, tagLength }: Cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const message = Buffer.from(password.normalize('NFC'), 'utf8');
    argon2('argon2id', { message, nonce, memory, passes, parallelism, tagLength }, (error, tag) =>
      error ? reject(error) : resolve(Buffer.from(tag)),
    );
  });

const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive(password, nonce, cost);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${text(nonce)}$${text(tag)}`;
}

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Of no password: a name that nobody has must take as long as one that somebody has. */
const nobody = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${text(Buffer.alloc(16))}$${text(Buffer.alloc(32))}`;

/** @param kept as `hashPassword` made it; null where there is no such account, and then the answer is false */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const [, memory, passes, parallelism, nonce, tag] = form.exec(kept ?? nobody) ?? [];
  if (tag === undefined) return false;
  const expected = Buffer.from(tag, 'base64');
  const found = await derive(password, Buffer.from(nonce!, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  });
  return timingSafeEqual(found, expected) && kept !== null;
}
