// The parts of the manual that come from the presets and the knowledge of replies: docs/presets.md, and tables in docs/providers/.
import { presets } from '../src/config/presets.ts';
import type { Preset } from '../src/config/presets/preset.ts';
import { largestText, limitsText, placeText, sizesText } from '../src/desk/transport-words.ts';
import { type Family, familyNames, rulesOf } from '../src/transport/smtp/knowledge/families.ts';
import type { ReplyRule } from '../src/transport/smtp/knowledge/rule.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows]
    .map((row) => `|${row.map((text) => ` ${cell(text)} `).join('|')}|`)
    .join('\n');

const pageOf: Readonly<Record<string, string>> = {
  office365: 'office365.md',
  'microsoft365-connector': 'providers/microsoft365-connector.md',
  ses: 'providers/ses.md',
  sendgrid: 'providers/sendgrid.md',
  mailgun: 'providers/mailgun.md',
  postmark: 'providers/postmark.md',
  smtp2go: 'providers/smtp2go.md',
  'exchange-relay': 'providers/exchange.md',
  'exchange-client': 'providers/exchange.md',
  iis: 'providers/iis.md',
  postfix: 'providers/postfix.md',
  stunnel: 'providers/stunnel.md',
};

const nameOf = (name: string): string => {
  const page = pageOf[name];
  return page === undefined ? `\`${name}\`` : `[\`${name}\`](${page})`;
};

const presetRow = ([name, preset]: [string, Preset]): string[] => [
  nameOf(name),
  preset.title,
  preset.address ?? placeText(preset),
  preset.tls ?? '',
  limitsText(preset.limits ?? {}),
  largestText(preset.limits ?? {}),
  preset.known,
  preset.asOf,
];

function remarks(name: string, { sources, believed = [], aliases = [], remark }: Preset): string {
  const also = aliases.length > 0 ? ` Also: ${aliases.map((alias) => `\`${alias}\``).join(', ')}.` : '';
  const lines = [...sources.map((source) => `- Source: ${source}`), ...believed.map((text) => `- Believed: ${text}`)];
  return [`**\`${name}\`.** ${remark}${also}`, lines.join('\n')].filter(Boolean).join('\n\n');
}

/** @param head says that the page is written by a program */
export function presetsPage(head: string): string {
  const [mail, fax] = Object.entries(presets).reduce<[[string, Preset][], [string, Preset][]]>(
    (parts, entry) => (parts[entry[1].address === undefined ? 0 : 1].push(entry), parts),
    [[], []],
  );
  const header = ['preset', 'what it is', 'leads to', 'tls', 'limits', 'largest message', 'known', 'as of'];
  return [
    '# Which providers are known, and with which figures?',
    head,
    'The limits stand a little below those of the provider, so that other users of a mailbox have room. Every figure can be overridden in the settings. The largest message is counted as it goes over the line, where attachments are a third larger. `believed` means that the provider does not publish it. Providers change their figures: look again before you rely on one.',
    '```sh\noutbox transports presets            # this table\noutbox transports presets office365  # one in full, with lines for the settings file\n```',
    table(header, mail.map(presetRow)),
    '## Fax gateways',
    table(
      ['preset', 'what it is', 'how a number becomes an address', 'known', 'as of'],
      fax.map(([name, { title, address = '', known, asOf }]) => [`\`${name}\``, title, `\`${address}\``, known, asOf]),
    ),
    '## Know before, and where it is from',
    ...Object.entries(presets).map(([name, preset]) => remarks(name, preset)),
  ].join('\n\n');
}

function figures(name: string): string {
  const preset = presets[name];
  if (!preset) throw new Error(`no preset ${name}`);
  const { limits = {}, otherPorts = {}, auth, believed = [] } = preset;
  const ports = Object.entries(otherPorts).map(([port, tls]) => `${port} (${tls})`);
  const rows = [
    ['preset', `\`${name}\``],
    ['leads to', `${placeText(preset)}, \`tls: ${preset.tls ?? ''}\``],
    ['other ports', ports.join(', ')],
    ['logins', auth.length > 0 ? auth.join(', ') : 'none'],
    ['limits', limitsText(limits)],
    ['one connection, one message', sizesText(limits, preset.messagesPerConnection)],
    ['as of', `${preset.asOf}, ${preset.known}: ${preset.sources.join('; ')}`],
  ].filter(([, value]) => value !== '');
  const only = believed.length > 0 ? `\n\nOnly believed:\n\n${believed.map((text) => `- ${text}`).join('\n')}` : '';
  return `${table(['what', 'figure'], rows)}${only}`;
}

/** Two backticks around what holds one. */
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const blamed = ({ blame, fault }: ReplyRule): string => {
  if (blame === 'message') return fault === 'permanent' ? 'this message fails' : 'this message, later again';
  return fault === 'auth' || fault === 'configuration' ? 'the transport stops' : 'the transport pauses';
};

function replies(family: string): string {
  if (!familyNames.includes(family as Family)) throw new Error(`no replies of ${family}`);
  const rows = rulesOf(family as Family).map((rule) => [
    `${code(rule.example)}${rule.source.startsWith('believed') ? ' (believed)' : ''}`,
    rule.meaning,
    blamed(rule),
    rule.next,
  ]);
  return table(['answer', 'what it means', 'what happens', 'what to do'], rows);
}

const parts: Readonly<Record<string, (name: string) => string>> = { figures, replies };

/** Fills what stands between `<!-- figures: NAME -->` or `<!-- replies: NAME -->` and `<!-- end -->`. */
export const fillPage = (page: string): string =>
  page.replaceAll(
    /(<!-- (figures|replies): ([\w-]+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, part: string, name: string, end: string) => `${begin}\n${parts[part]!(name)}\n\n${end}`,
  );
