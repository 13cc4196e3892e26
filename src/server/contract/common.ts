// What several parts of the contract say: who may, and parameters.
import { z } from 'zod';
import * as is from '../shapes.ts';

/** Everybody who has a role. */
export const readers = 'signed-in';
/** Who runs the day. */
export const desk = ['clerk', 'approver', 'admin'] as const;
/** Who brings documents and customers. */
export const bringers = ['clerk', 'approver', 'admin', 'integrator'] as const;
export const admins = ['admin'] as const;
export const auditors = ['admin', 'auditor'] as const;

export const byId = z.strictObject({ id: is.id });
export const byName = z.strictObject({ name: is.id });
export const nothing = z.undefined();
