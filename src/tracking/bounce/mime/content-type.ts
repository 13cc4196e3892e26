// Content-Type (RFC 2045 section 5.1): what kind of part it is, and its parameters.

export interface ContentType {
  /** In lower case: text/plain where nothing else is said. */
  type: string;
  /** Names in lower case. */
  parameters: ReadonlyMap<string, string>;
}

const parameter = /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g;

/** @param value of the field, unfolded */
export function readContentType(value: string | undefined): ContentType {
  const given = (value ?? '').slice(0, 2000);
  const type = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(given)?.[1]?.toLowerCase() ?? 'text/plain';
  const parameters = new Map<string, string>();
  for (const [, name, quoted, bare] of given.matchAll(parameter))
    parameters.set(name!.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  return { type, parameters };
}
