// outbox transports: the ways out with their limits, their state and what waits; and the presets for new ones.
import type { Command } from 'commander';
import { presets } from '../../config/presets.ts';
import type { Preset } from '../../config/presets/preset.ts';
import { presetSnippet } from '../../config/preset-snippet.ts';
import { setPause, transportAsJson, transportsShown, type TransportShown } from '../../desk/transports.ts';
import {
  isStopped,
  limitsText,
  placeText,
  sizesText,
  stateText,
  stoppedNext,
  wayText,
} from '../../desk/transport-words.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { presetNamed } from '../preset-named.ts';
import { shorten, writeTable } from '../table.ts';

const row = ({ transport, state, waiting, here }: TransportShown): string[] => [
  transport.name,
  transport.kind === 'smtp' ? (transport.preset ?? '') : 'driver',
  wayText(transport),
  limitsText(transport.limits),
  shorten(stateText(state, transport.limits, here), 60),
  String(waiting),
];

async function list(context: Context): Promise<ExitCode> {
  const { store, settings } = await context.installation();
  const shown = await transportsShown(store, await settings());
  context.print(shown.map(transportAsJson));
  if (shown.length === 0) context.say('No transports yet. Ready ones: outbox transports presets');
  else context.say(writeTable(['NAME', 'PRESET', 'LEADS TO', 'LIMITS', 'STATE', 'WAITING'], shown.map(row)));
  for (const { transport, state, here } of shown) {
    if (!state || !isStopped(state)) continue;
    const text = stateText(state, transport.limits, here);
    context.say(`\n${transport.name} is ${text}\n→ ${stoppedNext(state, here)}`);
  }
  return 0;
}

async function writePause(
  context: Context,
  name: string,
  pause: { reason: string | null } | null,
  text: string,
): Promise<ExitCode> {
  const { store, settings } = await context.installation();
  await setPause(store, await settings(), name, { pause, by: context.by });
  context.print({ transport: name, state: pause ? 'paused' : 'resumed' });
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
