// What a test tells the mail server to do wrong: rules by place, count and chance, and what it offers and demands.

/** Where a server can misbehave. `content`: while octets come in; `dot`: when all of them are there (final dot or BDAT LAST). */
export type Place =
  | 'greeting'
  | 'ehlo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'content'
  | 'dot'
  | 'rset'
  | 'quit';

export interface Action {
  /** Before anything else of this action. */
  delayMs?: number;
  /** The reply, octets as latin1, without its last line end; a line break in it is CRLF. Left out: the usual one. */
  say?: string;
  /** The reply exactly so, with no line end added. */
  raw?: string;
  /** Octet by octet, each in a segment of its own. */
  split?: boolean;
  /** No reply at all. */
  silent?: boolean;
  /** After the reply, or instead of it when there is none: FIN or RST. */
  close?: 'fin' | 'rst';
  /** At `dot`: whether the message is kept. Left out: kept when the reply is 2xx. */
  keep?: boolean;
  /** At `content`: when this share of the announced SIZE has come (1: the last octet before the dot). */
  share?: number;
  /** From here on nothing is read any more, and the line stays open. */
  stall?: boolean;
  /** From here on so many octets a second are read. */
  octetsPerSecond?: number;
}

export interface Rule {
  at: Place;
  /** The first and last time, counted from 1 over all connections since the plan was given; always when left out. */
  times?: readonly [number, number];
  /** The first and last message of each connection, counted from 1. */
  messages?: readonly [number, number];
  /** A share of the times, by the seed of the plan. */
  odds?: number;
  /** A regular expression against the line, or against the RCPT line at `content` and `dot`. */
  match?: string;
  do: Action;
}

export interface Plan {
  /** The first that fits decides. */
  rules: readonly Rule[];
  /** Extensions that are not offered. */
  hide: readonly string[];
  /** Offered as SIZE, and kept to unless it is 0. */
  size: number;
  /** PEM texts; STARTTLS is offered then, or spoken at once. */
  tls: { key: string; certificate: string; implicit: boolean } | null;
  /** AUTH PLAIN and LOGIN with one of these passwords. */
  passwords: readonly string[] | null;
  /** With `passwords`: they are not good any more when so many messages were kept. */
  passwordsExpireAfter: number | null;
  /** Refused at MAIL beyond so many connections at once, or so many messages in a time. */
  throttle: { reply: string; connections?: number; count?: number; ms?: number } | null;
  /** Every reply to a dot comes so late, as a real server needs to keep a message. */
  dotDelayMs: number;
  /** Every reply comes so late: a long way. */
  replyDelayMs: number;
  /** The connection is closed with 421 after so many messages. */
  closeAfter: number | null;
  seed: number;
}

export const goodPlan: Plan = {
  rules: [],
  hide: [],
  size: 500_000_000,
  tls: null,
  passwords: null,
  passwordsExpireAfter: null,
  throttle: null,
  dotDelayMs: 0,
  replyDelayMs: 0,
  closeAfter: null,
  seed: 1,
};

/** A small generator of numbers between 0 and 1 that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
