// Every scenario, in the order of the list.
import type { Scenario } from '../scenario.ts';
import { contentFaults } from './content.ts';
import { damageFaults } from './damage.ts';
import { databaseFaults } from './database.ts';
import { diskFaults } from './disk.ts';
import { driverFaults } from './driver.ts';
import { envelopeFaults } from './envelope.ts';
import { intakeFaults } from './intake.ts';
import { killFaults } from './kills.ts';
import { limitFaults } from './limits.ts';
import { lineFaults } from './line.ts';
import { peopleFaults } from './people.ts';
import { replyFaults } from './replies.ts';
import { sessionFaults } from './session.ts';
import { strangeContent } from './strange.ts';
import { windowFaults } from './window.ts';
import { soak } from '../soak.ts';

const shortSoak: Scenario = {
  number: 45,
  fault: 'one minute at full speed, with a fault of all kinds for one message in twenty',
  expected: 'ledgers exact; memory and open files flat',
  alone: true,
  run: (scene, { seed }) => soak(scene, 1, seed, () => {}),
};

export const scenarios: Scenario[] = [
  ...sessionFaults,
  ...envelopeFaults,
  ...contentFaults,
  ...replyFaults,
  ...lineFaults,
  ...killFaults,
  ...windowFaults,
  ...diskFaults,
  ...damageFaults,
  ...databaseFaults,
  ...intakeFaults,
  ...strangeContent,
  ...driverFaults,
  ...limitFaults,
  ...peopleFaults,
  shortSoak,
].toSorted((a, b) => a.number - b.number);
