// What a route of the API says of itself, and the types that follow from it.
import type { z } from 'zod';
import type { UserRole } from '../message/settings.ts';

/** Who may: everybody, everybody who is signed in, or some roles. */
export type Access = 'anyone' | 'signed-in' | readonly UserRole[];

type Fields = z.ZodObject;

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With {names} of its parameters. */
  path: string;
  may: Access;
  summary: string;
  tag: string;
  params?: Fields;
  query?: Fields;
  /** JSON. */
  body?: Fields;
  /** multipart/form-data: these fields, and files. */
  form?: { fields: Fields; files: 'one' | 'many' };
  /** Takes Idempotency-Key: the same key is never made twice. */
  idempotent?: boolean;
  /** Other than 200. */
  status?: 201 | 204;
  /** JSON, or bytes of this media type. */
  answer: z.ZodType | { bytes: string };
}

type Output<F> = F extends z.ZodType ? z.output<F> : undefined;
type Input<F> = F extends z.ZodType ? z.input<F> : undefined;
type FormOf<R> = R extends { form: { fields: infer F } } ? F : undefined;
type Of<R, K extends string> = R extends Record<K, infer F> ? F : undefined;

/** What a request has brought, checked. */
export interface Given<R extends Route> {
  params: Output<Of<R, 'params'>>;
  query: Output<Of<R, 'query'>>;
  body: Output<Of<R, 'body'>>;
  form: Output<FormOf<R>>;
}

/** What a caller gives. */
export interface Asked<R extends Route> {
  params: Input<Of<R, 'params'>>;
  query: Input<Of<R, 'query'>>;
  body: Input<Of<R, 'body'>>;
  form: Input<FormOf<R>>;
}

export type Answer<R extends Route> = R['answer'] extends z.ZodType ? z.output<R['answer']> : Uint8Array;
