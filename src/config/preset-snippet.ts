// The lines of a settings file that use a preset: to copy, then to put in one's own host, user and password.
import type { Preset } from './presets/preset.ts';

/** The name of a preset as the name of a variable: OFFICE365_PASSWORD. */
const variableOf = (name: string): string => `${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_PASSWORD`;

/** @returns YAML that `outbox apply` takes once the variable of the password is set */
export function presetSnippet(name: string, { host, example, login }: Preset): string {
  const hasLogin = login === 'password' || example?.user !== undefined || name === 'stunnel';
  const lines: [key: string, value: string | undefined][] = [
    ['kind', 'smtp'],
    ['preset', name],
    ['host', host === undefined ? (example?.host ?? 'mail.acme.example') : undefined],
    ['ehlo', example?.ehlo],
    ['user', hasLogin ? (example?.user ?? 'billing@acme.example') : undefined],
    ['password', hasLogin ? `{ env: ${variableOf(name)} }` : undefined],
  ];
  const given = lines.filter(([, value]) => value !== undefined).map(([key, value]) => `    ${key}: ${value}`);
  return ['transports:', `  ${name}:`, ...given].join('\n');
}
