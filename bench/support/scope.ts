// Everything that a bench starts or makes is ended and removed when it is over, in the reverse order, whatever happens.
import type { Scope } from '../../test/support/daemon.ts';

/** @throws what `work` throws, after everything is cleaned up */
export async function inScope<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  const endings: (() => unknown)[] = [];
  const scope = { after: (end: () => unknown) => void endings.push(end) } as Scope;
  const endAll = async (): Promise<void> => {
    for (let one = endings.pop(); one; one = endings.pop()) {
      try {
        await one();
      } catch (error) {
        console.error(error);
      }
    }
  };
  let ending: Promise<void> | null = null;
  const end = (): Promise<void> => (ending ??= endAll());
  const stop = (): void => void end().finally(() => process.exit(130));
  // Not once: npm sends a second one, which would end this before it has cleaned up.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(scope);
  } finally {
    await end();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
