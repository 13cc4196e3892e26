// Content transfer encodings, taken apart with whatever is broken in them (RFC 2045 section 6).

/** Blanks at the end of a line are no content. Line by line: a pattern for them takes the square of a long run's time. */
const withoutEnds = (body: string): string =>
  body
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');

function decodeQuotedPrintable(body: string): string {
  return withoutEnds(body)
    .replace(/=\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const decodeBase64 = (body: string): string => Buffer.from(body, 'base64').toString('latin1').replace(/\r\n?/g, '\n');

/**
 * @param body one character per byte
 * @param encoding the field as it stands in the header; unknown ones change nothing
 */
export function decodeTransfer(body: string, encoding: string | undefined): string {
  const name = encoding?.trim().toLowerCase();
  if (name === 'quoted-printable') return decodeQuotedPrintable(body);
  if (name === 'base64') return decodeBase64(body);
  return body;
}
