// Who goes first: one invoice does not wait behind 20,000 statements. A lower number goes earlier. Pure.

/** Batches up to so many messages share a step. */
const steps = [1, 10, 100, 1_000, 10_000, Infinity] as const;
const stepWidth = 10;
/** What was put off goes behind all that is fresh, and in the same order among itself. */
export const putOff = 100;

/** Of every message of a batch with so many of them. */
export const priorityOf = (count: number): number => (steps.findIndex((most) => count <= most) + 1) * stepWidth;

export const isPutOff = (priority: number): boolean => priority > putOff;

/** After a try that the message itself has used up. */
export const priorityPutOff = (priority: number): number => (isPutOff(priority) ? priority : priority + putOff);

/** In which order due messages are taken: the most urgent first, what was put off first, or what is due longest first. */
export type Order = 'urgent' | 'put-off' | 'longest';

/** Of four turns two go to the most urgent, so that it leaves soon; the others see to it that nobody waits for ever. */
const turns: readonly Order[] = ['urgent', 'put-off', 'urgent', 'longest'];

/** @param turn counts the turns of a transport */
export const orderOf = (turn: number): Order => turns[turn % turns.length]!;
