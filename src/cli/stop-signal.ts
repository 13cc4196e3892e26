// Ctrl-C and SIGTERM: what is being handed over is finished, the rest stays queued. A second one ends at once.
import type { Context } from './installation.ts';

export function stopSignal(context: Pick<Context, 'warn'>): AbortSignal {
  const stop = new AbortController();
  const ask = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    context.warn('Finishing what is under way. Once more ends at once.');
    stop.abort();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  return stop.signal;
}
