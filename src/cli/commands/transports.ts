// outbox transports: the ways out with their limits, their state and what waits; and the presets for new ones.
import type { Command } from 'commander';
import { presets } from '../../config/presets.ts';
import type { Preset } from '../../config/presets/preset.ts';
import { presetSnippet } from '../../config/preset-snippet.ts';
import { OutboxError } from '../../message/errors.ts';
import type { TransportSettings } from '../../message/settings.ts';
import type { Store } from '../../store/store.ts';
import type { TransportState } from '../../store/transports.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { presetNamed } from '../preset-named.ts';
import { shorten, writeTable } from '../table.ts';
import {
  type Here,
  isPaused,
  isStopped,
  limitsText,
  placeText,
  sizesText,
  stateText,
  stoppedNext,
  wayText,
} from '../transport-words.ts';

interface Shown {
  transport: TransportSettings;
  state: TransportState | undefined;
  waiting: number;
  here: Here;
}

const asJson = ({ transport, state, waiting, here }: Shown) => ({
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

const row = ({ transport, state, waiting, here }: Shown): string[] => [
  transport.name,
  transport.kind === 'smtp' ? (transport.preset ?? '') : 'driver',
  wayText(transport),
  limitsText(transport.limits),
  shorten(stateText(state, transport.limits, here), 60),
  String(waiting),
];

async function list(context: Context): Promise<ExitCode> {
  const { store, settings } = await context.installation();
  const { transports, company } = await settings();
  const here = { now: Date.now(), timeZone: company.timeZone };
  const states = new Map((await store.transports.all()).map((state) => [state.name, state]));
  const counts = await store.messages.counts(null);
  const waitingFor = (name: string): number =>
    counts
      .filter(({ status, transport }) => status === 'queued' && transport === name)
      .reduce((sum, { count }) => sum + count, 0);
  const shown = Object.values(transports).map((transport): Shown => {
    const { name } = transport;
    return { transport, state: states.get(name), waiting: waitingFor(name), here };
  });
  context.print(shown.map(asJson));
  if (shown.length === 0) context.say('No transports yet. Ready ones: outbox transports presets');
  else context.say(writeTable(['NAME', 'PRESET', 'LEADS TO', 'LIMITS', 'STATE', 'WAITING'], shown.map(row)));
  for (const { transport, state } of shown) {
    if (!state || !isStopped(state)) continue;
    const text = stateText(state, transport.limits, here);
    context.say(`\n${transport.name} is ${text}\n→ ${stoppedNext(state, here)}`);
  }
  return 0;
}

/** @throws OBX009 */
async function demandTransport(context: Context, name: string): Promise<Store> {
  const { store, settings } = await context.installation();
  const { transports } = await settings();
  const hint = `The settings know: ${Object.keys(transports).join(', ') || 'none'}.`;
  if (!transports[name]) throw new OutboxError('OBX009', { what: 'transport', id: name, hint });
  await store.transports.state(name);
  return store;
}

async function writePause(
  context: Context,
  name: string,
  pause: { reason: string | null } | null,
  text: string,
): Promise<ExitCode> {
  const store = await demandTransport(context, name);
  const at = Date.now();
  const { by } = context;
  await store.transports.setPause(name, pause && { at, by, reason: pause.reason });
  const what = pause ? 'paused' : 'resumed';
  await store.events.append({ subject: 'transport', subjectId: name, at, what, by, text: pause?.reason ?? '' });
  context.print({ transport: name, state: what });
  context.say(text);
  return 0;
}

const pause = (context: Context, name: string, { reason }: { reason?: string }): Promise<ExitCode> =>
  writePause(
    context,
    name,
    { reason: reason ?? null },
    `${name} is paused. What is being handed over is finished; the rest waits.\n→ outbox transports resume ${name}`,
  );

const resume = (context: Context, name: string): Promise<ExitCode> =>
  writePause(context, name, null, `${name} goes on.`);

function presetText(name: string, preset: Preset): string {
  const { aliases = [], auth, sources, believed = [], limits = {}, otherPorts = {} } = preset;
  const ports = Object.entries(otherPorts).map(([port, tls]) => `${port} (${tls})`);
  const rows: [string, string][] = [
    ['Preset', [name, ...aliases].join(', ')],
    ['What', preset.title],
    ['Leads to', `${placeText(preset)}${preset.tls ? `, tls: ${preset.tls}` : ''}`],
    ['Other ports', ports.join(', ')],
    ['Logins', auth.join(', ') || (preset.login === 'address' ? 'none: it knows this machine by its address' : '')],
    ['Fax address', preset.address ?? ''],
    ['Limits', limitsText(limits)],
    ['', sizesText(limits, preset.messagesPerConnection)],
    ['Know before', preset.remark],
    ['As of', `${preset.asOf}, ${preset.known}`],
    ...sources.map((source): [string, string] => ['Source', source]),
    ...believed.map((text): [string, string] => ['Believed', text]),
  ];
  const lines = rows.filter(([, value]) => value !== '').map(([key, value]) => `${key.padEnd(13)}${value}`);
  return `${lines.join('\n')}\n\nFor the settings file:\n\n${presetSnippet(name, preset)}`;
}

function showPresets(context: Context, word: string | undefined): Promise<ExitCode> {
  if (word !== undefined) {
    const { name, preset } = presetNamed(word);
    context.print({ name, ...preset, snippet: presetSnippet(name, preset) });
    context.say(presetText(name, preset));
    return Promise.resolve(0);
  }
  const all = Object.entries(presets);
  context.print(all.map(([name, preset]) => ({ name, ...preset })));
  const rows = all.map(([name, preset]) => [
    name,
    preset.title,
    placeText(preset),
    preset.tls ?? '',
    limitsText(preset.limits ?? {}),
    preset.asOf,
  ]);
  context.say(writeTable(['NAME', 'WHAT', 'LEADS TO', 'TLS', 'LIMITS', 'AS OF'], rows));
  context.say('\nOne in full, with lines for the settings file: outbox transports presets NAME');
  return Promise.resolve(0);
}

export function registerTransports(program: Command, act: Act): void {
  const transports = program
    .command('transports')
    .description('the ways out and their state; presets for new ones')
    .addHelpText(
      'after',
      examples('outbox transports', 'outbox transports presets', 'outbox transports presets office365'),
    );
  transports
    .command('list', { isDefault: true })
    .description('the transports of the settings: limits, state, and what waits for them')
    .addHelpText('after', examples('outbox transports list', 'outbox transports list --json'))
    .action(act(list));
  transports
    .command('pause')
    .argument('<name>', 'as named in the settings')
    .option('--reason <text>', 'shown wherever the pause is')
    .description('send nothing through a transport until it is resumed')
    .addHelpText('after', examples('outbox transports pause office --reason "the month is not closed"'))
    .action(act(pause));
  transports
    .command('resume')
    .argument('<name>', 'as named in the settings')
    .description('let a paused transport go on')
    .addHelpText('after', examples('outbox transports resume office'))
    .action(act(resume));
  transports
    .command('presets')
    .argument('[name]', 'one of them in full')
    .description('what is known of mail providers, relays and fax gateways')
    .addHelpText('after', examples('outbox transports presets', 'outbox transports presets ses'))
    .action(act(showPresets));
}
