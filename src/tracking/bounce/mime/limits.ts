// How much of one mail is read: mail comes from strangers, and an answer must come in bounded time and memory.

export const limits = {
  /** Bytes of the mail. What a report says stands before the returned message, so the rest is not needed. */
  bytes: 1_000_000,
  /** Characters of the words of a report that are searched. The longest genuine ones have some ten thousand. */
  text: 30_000,
  /** Characters that are read of one recipient's words. */
  said: 8_000,
  /** Characters of one header block, and of one status part. */
  header: 200_000,
  parts: 100,
  depth: 10,
  recipients: 500,
} as const;
