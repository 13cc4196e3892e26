// From bytes to text by the charset that the sender names, whatever he names.

const decoders = new Map<string, TextDecoder>();

/** Labels that mail systems use and the Encoding Standard does not know. */
const alsoCalled: ReadonlyMap<string, string> = new Map([
  ['cp-850', 'windows-1252'],
  ['8bit', 'utf-8'],
]);

function decoderFor(label: string): TextDecoder | null {
  const name = label.trim().toLowerCase();
  const known = decoders.get(name);
  if (known) return known;
  try {
    const decoder = new TextDecoder(alsoCalled.get(name) ?? name);
    // Labels come from strangers: the encodings are few, their names are many.
    if (decoders.size < 200) decoders.set(name, decoder);
    return decoder;
  } catch {
    return null;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const anyByte = new TextDecoder('windows-1252');

/** UTF-8 where every byte fits, else Windows-1252, which always fits. */
function guess(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return anyByte.decode(bytes);
  }
}

const isAscii = (binary: string): boolean => !/[^\n\t\r -~]/.test(binary);

/**
 * @param binary one character per byte
 * @param label the charset's name; unknown, missing or plain wrong ones are guessed. Never throws
 */
export function decodeCharset(binary: string, label: string | undefined): string {
  if (isAscii(binary)) return binary;
  const bytes = Buffer.from(binary, 'latin1');
  if (label === undefined || /^\s*(?:us-)?ascii\s*$/i.test(label)) return guess(bytes);
  const decoder = decoderFor(label);
  if (!decoder) return guess(bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    return guess(bytes);
  }
}
