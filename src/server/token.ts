// Tokens of sessions, keys and the first link: 256 random bits; only their hash is kept.
import { createHash, randomBytes } from 'node:crypto';

export const newToken = (): string => randomBytes(32).toString('base64url');

/** No salt: what is random in all its bits can not be looked up in a table. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
