// How a command is hung into the command line.
import type { Context, ExitCode } from './installation.ts';

/** Makes an action of commander from a command that gives an exit code. */
export type Act = <A extends unknown[]>(
  run: (context: Context, ...given: A) => Promise<ExitCode>,
) => (...given: A) => Promise<void>;
