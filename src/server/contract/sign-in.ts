// Routes of signing in, and of the first administrator.
import { z } from 'zod';
import type { Route } from '../route.ts';
import * as is from '../shapes.ts';
import { nothing, readers } from './common.ts';

export const session = {
  setUp: {
    method: 'POST',
    path: '/api/setup',
    may: 'anyone',
    tag: 'Sign in',
    summary: 'The first administrator, with the token of the link that outbox start prints',
    body: z.strictObject({ token: z.string().max(200), name: is.accountName, password: is.password }),
    status: 201,
    answer: is.whoAmI,
  },
  signIn: {
    method: 'POST',
    path: '/api/session',
    may: 'anyone',
    tag: 'Sign in',
    summary: 'Sign in with name and password; the answer sets a cookie',
    body: z.strictObject({ name: z.string().max(64), password: z.string().max(200) }),
    status: 201,
    answer: is.whoAmI,
  },
  whoAmI: {
    method: 'GET',
    path: '/api/session',
    may: readers,
    tag: 'Sign in',
    summary: 'Who is signed in, and what that one may do',
    answer: is.whoAmI,
  },
  signOut: {
    method: 'DELETE',
    path: '/api/session',
    may: readers,
    tag: 'Sign in',
    summary: 'Sign out',
    status: 204,
    answer: nothing,
  },
  changePassword: {
    method: 'PUT',
    path: '/api/session/password',
    may: readers,
    tag: 'Sign in',
    summary: 'Change your own password; all other sessions end',
    body: z.strictObject({ old: z.string().max(200), new: is.password }),
    status: 204,
    answer: nothing,
  },
} satisfies Record<string, Route>;
