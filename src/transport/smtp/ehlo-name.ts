// What we call ourselves in EHLO: the name of the settings, the whole name of the machine, or its address. RFC 5321 4.1.1.1
import { isIPv6 } from 'node:net';

const wholeName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/i;

/** RFC 5321 4.1.3 */
function addressLiteral(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIPv6(plain) ? `[IPv6:${plain}]` : `[${plain}]`;
}

/**
 * A machine often knows but the first label of its name, which servers refuse (504): the address stands in.
 * @param set by a person, and then right
 */
export function ehloNameOf(set: string | null, machine: string, localAddress: string): string {
  if (set !== null) return set;
  return wholeName.test(machine) || localAddress === '' ? machine : addressLiteral(localAddress);
}
