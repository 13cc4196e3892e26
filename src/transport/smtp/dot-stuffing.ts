// Transparency: a line that begins with a dot gets another one before it (RFC 5321 4.5.2).

/** The same buffer when nothing has to change, which is nearly always: our composer makes no such line itself. */
export function stuffDots(content: Buffer): Buffer {
  const places: number[] = content[0] === 46 ? [0] : [];
  for (let at = content.indexOf('\r\n.'); at >= 0; at = content.indexOf('\r\n.', at + 2)) places.push(at + 2);
  if (places.length === 0) return content;
  const stuffed = Buffer.allocUnsafe(content.length + places.length);
  let from = 0;
  let to = 0;
  for (const place of places) {
    to += content.copy(stuffed, to, from, place);
    stuffed[to++] = 46;
    from = place;
  }
  content.copy(stuffed, to, from);
  return stuffed;
}
