// How one identity gets a token: what every kind of grant (RFC 6749, 4 and 6) has to say and to do.

export interface Granted {
  token: string;
  lifetimeMs: number;
  /** A new one in place of the old (RFC 6749, 6); null: the old one stays good. */
  refreshToken: string | null;
}

export interface Grant {
  /** Same key: same identity and same proof, so one token serves all. Made of digests, holds no secret. */
  key: string;
  /** Whose token it is, for people: "application A of tenant T". */
  who: string;
  /**
   * Asks for a token.
   * @param refreshToken the newest that was handed out, null at first
   * @throws TokenFault
   */
  fetch(refreshToken: string | null): Promise<Granted>;
}
