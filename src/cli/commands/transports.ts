// outbox transports: the ways out with their limits, their state and what waits; and the presets for new ones.
import type { Command } from 'commander';
import { presets } from '../../config/presets.ts';
import type { Preset } from '../../config/presets/preset.ts';
import { presetSnippet } from '../../config/preset-snippet.ts';
import { splitNext } from '../../message/advice.ts';
import type { TransportSettings } from '../../message/settings.ts';
import type { TransportState } from '../../store/transports.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { presetNamed } from '../preset-named.ts';
import { shorten, writeTable } from '../table.ts';
import { limitsText, placeText, sizesText, stateText, wayText } from '../transport-words.ts';

interface Shown {
  transport: TransportSettings;
  state: TransportState | undefined;
  waiting: number;
}

const asJson = ({ transport, state, waiting }: Shown) => ({
  name: transport.name,
  kind: transport.kind,
  preset: transport.kind === 'smtp' ? transport.preset : null,
  way: wayText(transport),
  limits: transport.limits,
  state: state?.breaker ?? 'closed',
  text: stateText(state),
  nextStep: state?.detail ? splitNext(state.detail).next : null,
  retryAt: state?.retryAt == null ? null : new Date(state.retryAt).toISOString(),
  waiting,
});

const row = ({ transport, state, waiting }: Shown): string[] => [
  transport.name,
  transport.kind === 'smtp' ? (transport.preset ?? '') : 'driver',
  wayText(transport),
  limitsText(transport.limits),
  shorten(stateText(state), 60),
  String(waiting),
];

async function list(context: Context): Promise<ExitCode> {
  const { store, settings } = await context.installation();
  const { transports } = await settings();
  const states = new Map((await store.transports.all()).map((state) => [state.name, state]));
  const counts = await store.messages.counts(null);
  const waitingFor = (name: string): number =>
    counts
      .filter(({ status, transport }) => status === 'queued' && transport === name)
      .reduce((sum, { count }) => sum + count, 0);
  const shown = Object.values(transports).map((transport): Shown => {
    const { name } = transport;
    return { transport, state: states.get(name), waiting: waitingFor(name) };
  });
  context.print(shown.map(asJson));
  if (shown.length === 0) context.say('No transports yet. Ready ones: outbox transports presets');
  else context.say(writeTable(['NAME', 'PRESET', 'LEADS TO', 'LIMITS', 'STATE', 'WAITING'], shown.map(row)));
  for (const { transport, state } of shown.filter((one) => one.state?.breaker === 'open')) {
    const next = splitNext(state?.detail ?? '').next ?? `Mend the cause, then: outbox test ${transport.name}`;
    context.say(`\n${transport.name} is ${stateText(state)}\n→ ${next}`);
  }
  return 0;
}

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
    .command('presets')
    .argument('[name]', 'one of them in full')
    .description('what is known of mail providers, relays and fax gateways')
    .addHelpText('after', examples('outbox transports presets', 'outbox transports presets ses'))
    .action(act(showPresets));
}
