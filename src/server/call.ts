// What a handler gets besides the checked request: who asks, the parts, the files that came.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutboxError } from '../message/errors.ts';
import { intakePartsOf } from '../desk/opened.ts';
import type { IntakeParts } from '../intake/parts.ts';
import { byOf, type Caller } from './caller.ts';
import type { Contract, RouteName } from './contract.ts';
import type { ServerParts } from './parts.ts';
import type { Answer, Given, Route } from './route.ts';
import type { UploadedFile } from './upload.ts';

export interface Call {
  parts: ServerParts;
  /** Null on the routes of everybody. */
  caller: Caller | null;
  request: FastifyRequest;
  reply: FastifyReply;
  /** They are gone when the handler has answered. */
  files: readonly UploadedFile[];
}

/** A handler that sends its answer itself gives this. */
export const sent = Symbol('sent');

export type Handler<R extends Route> = (given: Given<R>, call: Call) => Promise<Answer<R> | typeof sent>;
export type Handlers<K extends RouteName = RouteName> = { [N in K]: Handler<Contract[N]> };

/** @throws OBX232 */
export function signedIn({ caller }: Pick<Call, 'caller'>): Caller {
  if (caller === null) throw new OutboxError('OBX232');
  return caller;
}

export const by = (call: Pick<Call, 'caller'>): string => byOf(signedIn(call));

export const intakeOf = (call: Call): Promise<IntakeParts> => intakePartsOf(call.parts.opened, by(call));

export const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A page of what was asked for with one more than fits. */
export function pageOf<T, J>(
  found: readonly T[],
  limit: number,
  keyOf: (one: T) => string,
  asJson: (one: T) => J,
): { items: J[]; next: string | null } {
  const shown = found.slice(0, limit);
  return { items: shown.map(asJson), next: found.length > limit ? keyOf(shown.at(-1)!) : null };
}
