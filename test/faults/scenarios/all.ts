// Every scenario, in the order of the list.
import type { Scenario } from '../scenario.ts';
import { contentFaults } from './content.ts';
import { databaseFaults } from './database.ts';
import { diskFaults } from './disk.ts';
import { driverFaults } from './driver.ts';
import { envelopeFaults } from './envelope.ts';
import { intakeFaults } from './intake.ts';
import { killFaults } from './kills.ts';
import { lineFaults } from './line.ts';
import { replyFaults } from './replies.ts';
import { sessionFaults } from './session.ts';

export const scenarios: Scenario[] = [
  ...sessionFaults,
  ...envelopeFaults,
  ...contentFaults,
  ...replyFaults,
  ...lineFaults,
  ...killFaults,
  ...diskFaults,
  ...databaseFaults,
  ...intakeFaults,
  ...driverFaults,
].toSorted((a, b) => a.number - b.number);
