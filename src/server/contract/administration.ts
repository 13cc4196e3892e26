// Routes of settings, users, keys and the audit log.
import { z } from 'zod';
import type { Route } from '../route.ts';
import * as is from '../shapes.ts';
import { admins, auditors, byId, byName, nothing } from './common.ts';

export const administration = {
  exportSettings: {
    method: 'GET',
    path: '/api/settings',
    may: admins,
    tag: 'Settings',
    summary: 'The settings as YAML; secrets are never in it',
    answer: z.strictObject({ text: z.string() }),
  },
  applySettings: {
    method: 'POST',
    path: '/api/settings',
    may: admins,
    tag: 'Settings',
    summary: 'Take settings from YAML, all of it or nothing; dryRun shows the difference',
    body: z.strictObject({ text: z.string().max(5_000_000), dryRun: z.boolean().default(false) }),
    answer: z.strictObject({
      dryRun: z.boolean(),
      changes: z.array(
        z.strictObject({
          section: z.string(),
          name: z.string(),
          kind: z.enum(['new', 'changed', 'removed']),
          lines: z.array(z.string()),
        }),
      ),
      customers: z.int(),
      notes: z.array(z.string()),
    }),
  },
  listUsers: {
    method: 'GET',
    path: '/api/users',
    may: auditors,
    tag: 'Users',
    summary: 'The people who may sign in',
    answer: z.strictObject({ items: z.array(is.user) }),
  },
  makeUser: {
    method: 'POST',
    path: '/api/users',
    may: admins,
    tag: 'Users',
    summary: 'A new user',
    body: z.strictObject({
      name: is.accountName,
      password: is.password,
      role: is.role,
      anyAddress: z.boolean().default(false),
    }),
    status: 201,
    answer: is.user,
  },
  changeUser: {
    method: 'PATCH',
    path: '/api/users/{name}',
    may: admins,
    tag: 'Users',
    summary: 'Change role, right, password, or whether this user may sign in',
    params: byName,
    body: z.strictObject({
      role: is.role.optional(),
      anyAddress: z.boolean().optional(),
      password: is.password.optional(),
      disabled: z.boolean().optional(),
    }),
    answer: is.user,
  },
  listKeys: {
    method: 'GET',
    path: '/api/keys',
    may: auditors,
    tag: 'Users',
    summary: 'Keys of programs, without the keys themselves',
    answer: z.strictObject({ items: z.array(is.apiKey) }),
  },
  makeKey: {
    method: 'POST',
    path: '/api/keys',
    may: admins,
    tag: 'Users',
    summary: 'A new key; it is shown in this answer only',
    body: z.strictObject({ name: is.keyName, role: is.role, anyAddress: z.boolean().default(false) }),
    status: 201,
    answer: z.strictObject({ ...is.apiKey.shape, key: z.string() }),
  },
  revokeKey: {
    method: 'DELETE',
    path: '/api/keys/{id}',
    may: admins,
    tag: 'Users',
    summary: 'Revoke a key',
    params: byId,
    status: 204,
    answer: nothing,
  },
  audit: {
    method: 'GET',
    path: '/api/audit',
    may: auditors,
    tag: 'Users',
    summary: 'Who did what to settings, users, keys, transports, customers or suppressions, newest first',
    query: z.strictObject({ subject: is.subject.default('setting'), ...is.paging }),
    answer: is.pageOf(is.event),
  },
} satisfies Record<string, Route>;
