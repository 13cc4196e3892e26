// Every route of the contract with what answers it.
import type { Handlers } from './call.ts';
import { administrationHandlers } from './handlers/administration.ts';
import { customerHandlers } from './handlers/customers.ts';
import { documentHandlers } from './handlers/documents.ts';
import { eventHandlers } from './handlers/events.ts';
import { messageHandlers } from './handlers/messages.ts';
import { signInHandlers } from './handlers/sign-in.ts';
import { wayHandlers } from './handlers/ways.ts';

export const handlers: Handlers = {
  ...signInHandlers,
  ...messageHandlers,
  ...documentHandlers,
  ...wayHandlers,
  ...customerHandlers,
  ...administrationHandlers,
  ...eventHandlers,
};
