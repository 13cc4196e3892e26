// Late: tried again and again for more than four hours. A word of the faces that warns a person; not a status. Pure.
import type { Message } from './message.ts';

/** A clerk wants to know the same day. */
export const lateMs = 4 * 3_600_000;

export const isLate = ({ status, tries, queuedAt, createdAt }: Message, now: number): boolean =>
  status === 'queued' && tries > 0 && now - (queuedAt ?? createdAt) > lateMs;
