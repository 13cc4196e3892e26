// Where a transport gets its access token from.
export interface TokenSource {
  /** A token that is valid for some minutes more; shared and fetched once. Throws an Error with words for the person. */
  token(): Promise<string>;
  /** The server refused this token: the next token() fetches anew. */
  refused(token: string): void;
}
