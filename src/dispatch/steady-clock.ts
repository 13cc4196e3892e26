// The time of day as the dispatcher uses it: it never goes back, however the clock of the machine is set. Pure.

/**
 * What was due stays due after a step back: from then on time passes by the monotonic clock, until the other has caught up.
 * A step ahead is followed: a machine that slept makes one too.
 * @param wall the time of day, epoch ms
 * @param monotonic ms since any moment
 */
export function steadyClock(wall: () => number, monotonic: () => number): () => number {
  let at = wall();
  let since = monotonic();
  return () => {
    const now = monotonic();
    at = Math.max(wall(), at + (now - since));
    since = now;
    return Math.floor(at);
  };
}
