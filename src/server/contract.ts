// The one table of routes: from it come the checks of what is given, OpenAPI, the typed client, and the table of who may do what.
import { administration } from './contract/administration.ts';
import { directory } from './contract/directory.ts';
import { messages } from './contract/messages.ts';
import { session } from './contract/sign-in.ts';
import { ways } from './contract/ways.ts';

export const contract = { ...session, ...messages, ...ways, ...directory, ...administration };

export type Contract = typeof contract;
export type RouteName = keyof Contract;
