// The arguments of `outbox driver` come from another program: a subject or name that begins with a dash is no option.

const channels: readonly string[] = ['email', 'fax'];
/** Behind the channel: address, file, note file, name, subject. */
const count = 5;

/**
 * Moves options before the five arguments, and marks where these begin.
 * @param given what stands behind the program's name
 */
export function shieldDriverArguments(given: readonly string[]): string[] {
  const command = given.indexOf('driver');
  const channel = given.findIndex((word, at) => at > command && channels.includes(word));
  if (command < 0 || channel < 0 || given.includes('--')) return [...given];
  const end = channel + 1 + count;
  return [...given.slice(0, channel), ...given.slice(end), '--', ...given.slice(channel, end)];
}
