// Routes of the directory of customers.
import { z } from 'zod';
import type { Route } from '../route.ts';
import * as is from '../shapes.ts';
import { bringers, desk, readers } from './common.ts';

export const directory = {
  listCustomers: {
    method: 'GET',
    path: '/api/customers',
    may: readers,
    tag: 'Customers',
    summary: 'The directory, by number',
    query: z.strictObject({ ...is.paging, search: z.string().min(1).max(200).optional() }),
    answer: is.pageOf(is.customer),
  },
  getCustomer: {
    method: 'GET',
    path: '/api/customers/{number}',
    may: readers,
    tag: 'Customers',
    summary: 'One customer with addresses, delivery rules and history',
    params: z.strictObject({ number: z.string().min(1).max(200) }),
    answer: z.strictObject({ ...is.customer.shape, history: z.array(is.event) }),
  },
  setAddresses: {
    method: 'PUT',
    path: '/api/customers/{number}/addresses',
    may: desk,
    tag: 'Customers',
    summary: 'Change addresses; what a person gave is not overwritten by an import',
    params: z.strictObject({ number: z.string().min(1).max(200) }),
    body: is.addresses.partial(),
    answer: is.customer,
  },
  importCustomers: {
    method: 'POST',
    path: '/api/customers/import',
    may: bringers,
    tag: 'Customers',
    summary: 'Take customers from a CSV file, or show what that would change',
    form: {
      files: 'one',
      fields: z.strictObject({ dryRun: is.flag.optional(), map: z.enum(['plain', 'sage100']).optional() }),
    },
    answer: is.customerImport,
  },
} satisfies Record<string, Route>;
