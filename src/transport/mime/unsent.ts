// A composed message as a draft in a file: classic Outlook opens it for sending.

/** The fields that the program of the person writes when it is sent. With a Message-ID of ours, two sendings would have the same one. */
const writtenLater = /^(?:Date|Message-ID|Auto-Submitted|X-Auto-Response-Suppress):.*\r\n(?:[ \t].*\r\n)*/gim;

/** @param message as `composeMessage` gives it: seven bits, CRLF */
export function asUnsent(message: Buffer): Buffer {
  const end = message.indexOf('\r\n\r\n') + 2;
  const head = message.toString('latin1', 0, end).replace(writtenLater, '');
  return Buffer.concat([Buffer.from(`X-Unsent: 1\r\n${head}`, 'latin1'), message.subarray(end)]);
}
