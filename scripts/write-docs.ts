// Writes the documents that come from tables in the code: statuses, errors, reasons, presets, replies of providers. With --check it only says which are out of date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCatalogue, type ErrorCode } from '../src/message/errors.ts';
import { nextStep, reasons, sentenceOf } from '../src/message/reasons.ts';
import { type Standing, transitions } from '../src/message/status.ts';
import { fillPage, presetsPage } from './presets-page.ts';

const folder = join(import.meta.dirname, '../docs');
const head = 'This page is written by `node scripts/write-docs.ts` from the code. Change the code, not the page.';

const placeOf = (at: Standing): string => {
  if (at.status === 'sending') return `sending_${at.phase}`;
  return at.status === 'failed' ? `failed_${at.kind}` : at.status;
};

const meanings: Record<Standing['status'], string> = {
  blocked: 'Needs attention: no address, unknown customer, a failed check. The reason says which.',
  held: 'Waits for release: approval, a person, print.',
  queued: 'Ready when its time comes: now, scheduled, or the next try.',
  sending: 'A worker has it. Until `committing` it is provably unsent; from then on the recipient may have it.',
  released: 'The mail or fax system accepted it. That is not yet delivered.',
  delivered: 'Evidence says that it reached the recipient.',
  uncertain:
    'The line dropped, or the program died, between the commit point and the answer. It may have gone. It is never sent again by itself, unless the document type says `uncertain: once-more`.',
  failed: 'Kind `error`: never released. Kind `bounced`: it came back after release. The reason says why.',
  cancelled: 'A person stopped it. Never a failure.',
};

function statusPage(): string {
  const all = [...transitions()];
  const lines = all.map(({ from, trigger, to }) => `    ${placeOf(from)} --> ${placeOf(to)}: ${trigger}`);
  const rows = Object.entries(meanings).map(([status, meaning]) => `| \`${status}\` | ${meaning} |`);
  return [
    '# What a status means, and what can follow',
    head,
    ['| status | meaning |', '|---|---|', ...rows].join('\n'),
    ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n'),
    'A way that is not drawn does not exist: the program refuses it. "Retrying" and "scheduled" are words of the faces for `queued`.',
  ].join('\n\n');
}

function errorsPage(): string {
  const codes = (Object.keys(errorCatalogue) as ErrorCode[]).toSorted();
  const exits = { usage: 2, unready: 3, failed: 1 };
  const rows = codes.map((code) => {
    const { kind, sentence, hint } = errorCatalogue[code];
    const cell = (text: string): string => text.replaceAll('\n', ' ').replaceAll('|', '\\|');
    return `| ${code} | ${cell(sentence)} | ${cell(hint)} | ${exits[kind]} |`;
  });
  return [
    '# Every error, and what to do',
    head,
    'Words in braces are filled in. A code is never used for anything else.',
    ['| code | what happened | what to do | exit code |', '|---|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

function reasonsPage(): string {
  const rows = reasons.map((reason) => `| \`${reason}\` | ${sentenceOf(reason)} | ${nextStep(reason, 'ID', null)} |`);
  return [
    '# Why a message is blocked, held, waiting, uncertain or failed',
    head,
    ['| reason | what is the matter | what to do |', '|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

const whole: Record<string, () => string> = {
  'status.md': statusPage,
  'errors.md': errorsPage,
  'reasons.md': reasonsPage,
  'presets.md': () => presetsPage(head),
};
const providers = readdirSync(join(folder, 'providers')).map((name) => `providers/${name}`);
const pages = [
  ...Object.entries(whole).map(([name, page]) => ({ name, text: `${page()}\n` })),
  ...providers.map((name) => ({ name, text: fillPage(readFileSync(join(folder, name), 'utf8')) })),
];
const isCheck = process.argv.includes('--check');
for (const { name, text } of pages) {
  const path = join(folder, name);
  if (!isCheck) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`docs/${name} is out of date: node scripts/write-docs.ts`);
    process.exitCode = 1;
  }
}
