// Every scenario, in the order of the list.
import type { Scenario } from '../scenario.ts';
import { contentFaults } from './content.ts';
import { envelopeFaults } from './envelope.ts';
import { sessionFaults } from './session.ts';

export const scenarios: Scenario[] = [...sessionFaults, ...envelopeFaults, ...contentFaults].toSorted(
  (a, b) => a.number - b.number,
);
