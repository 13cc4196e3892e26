// What intake needs, from an opened installation.
import { intakePartsOf } from '../desk/opened.ts';
import type { IntakeParts } from '../intake/parts.ts';
import type { Context } from './installation.ts';

export const intakeParts = async (context: Context): Promise<IntakeParts> =>
  intakePartsOf(await context.installation(), context.by);
