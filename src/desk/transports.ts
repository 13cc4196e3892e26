// The ways out as a person sees them: limits, state in words, what waits; and the pause that a person makes.
import { OutboxError } from '../message/errors.ts';
import type { Settings, TransportSettings } from '../message/settings.ts';
import type { Store } from '../store/store.ts';
import type { TransportState } from '../store/transports.ts';
import { type Here, isPaused, isStopped, stateText, stoppedNext, wayText } from './transport-words.ts';

export interface TransportShown {
  transport: TransportSettings;
  state: TransportState | undefined;
  waiting: number;
  here: Here;
}

export const transportAsJson = ({ transport, state, waiting, here }: TransportShown) => ({
  name: transport.name,
  kind: transport.kind,
  preset: transport.kind === 'smtp' ? transport.preset : null,
  way: wayText(transport),
  limits: transport.limits,
  state: isPaused(state) ? 'paused' : (state?.breaker ?? 'closed'),
  text: stateText(state, transport.limits, here),
  nextStep: state && isStopped(state) ? stoppedNext(state, here) : null,
  /** Less than the limits say while it was told to go slower; null: as the limits say. */
  slowed: state?.slowedAt == null ? null : { perMinute: state.rate, connections: state.lines },
  retryAt: state?.retryAt == null ? null : new Date(state.retryAt).toISOString(),
  waiting,
});

/** All of the settings, with what waits for each. */
export async function transportsShown(store: Store, { transports, company }: Settings): Promise<TransportShown[]> {
  const here = { now: Date.now(), timeZone: company.timeZone };
  const states = new Map((await store.transports.all()).map((state) => [state.name, state]));
  const open = await store.pulse.open();
  const waitingFor = (name: string): number =>
    open
      .filter(({ status, transport }) => status === 'queued' && transport === name)
      .reduce((sum, { count }) => sum + count, 0);
  return Object.values(transports).map((transport) => {
    const { name } = transport;
    return { transport, state: states.get(name), waiting: waitingFor(name), here };
  });
}

/** @throws OBX009 when the settings know no such transport */
export function demandTransport({ transports }: Settings, name: string): TransportSettings {
  const hint = `The settings know: ${Object.keys(transports).join(', ') || 'none'}.`;
  if (!Object.hasOwn(transports, name)) throw new OutboxError('OBX009', { what: 'transport', id: name, hint });
  return transports[name]!;
}

/** A person pauses it, or with null lets it go on. @throws OBX009 */
export async function setPause(
  store: Store,
  settings: Settings,
  name: string,
  { pause, by }: { pause: { reason: string | null } | null; by: string },
): Promise<void> {
  demandTransport(settings, name);
  // Makes its row where it has none yet.
  await store.transports.state(name);
  const at = Date.now();
  await store.transports.setPause(name, pause && { at, by, reason: pause.reason });
  const what = pause ? 'paused' : 'resumed';
  await store.events.append({ subject: 'transport', subjectId: name, at, what, by, text: pause?.reason ?? '' });
}
