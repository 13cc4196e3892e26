// The table of results: as text while it runs, as Markdown for docs/reliability.md.
import type { Sum } from './check.ts';

export interface Row extends Sum {
  number: number;
  fault: string;
  expected: string;
  happened: string;
  verdict: 'as expected' | 'WRONG' | 'not possible here';
  seconds: number;
}

export const lineOf = (row: Row): string => {
  const mark = row.verdict === 'as expected' ? 'ok   ' : row.verdict === 'WRONG' ? 'WRONG' : '-    ';
  const sum = `${row.messages} messages, lost ${row.lost}, doubled ${row.doubled}, uncertain ${row.uncertain}, ${row.seconds.toFixed(1)} s`;
  return `${mark} ${String(row.number).padStart(2)} ${row.fault}\n         ${row.happened} (${sum})`;
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function markdownOf(
  rows: readonly Row[],
  facts: { date: string; command: string; machine: string; kills: number },
): string {
  const made = rows.filter(({ verdict }) => verdict !== 'not possible here');
  const wrong = rows.filter(({ verdict }) => verdict === 'WRONG');
  const total = (of: (row: Row) => number): number => made.reduce((sum, row) => sum + of(row), 0);
  const declared = made.reduce((sum, row) => sum + (row.verdict === 'as expected' ? row.doubled : 0), 0);
  const head = `# What happens when things go wrong?

This page is written by \`npm run faults -- --markdown\`. Each line is a fault made for real: the program runs as a process of
its own and sends to a mail server of the test's, which does wrong what the line says and keeps a ledger of what it really kept.
At the end of every line the ledgers are compared: everything that was taken in is there, nothing that says \`released\` is missing at the mail
server, nothing that says it was never sent is there, nothing arrived twice, nothing hangs.

Run on ${facts.date} with \`${facts.command}\` on ${facts.machine}: ${made.length} faults, ${total((row) => row.messages)} messages,
${facts.kills} kills (SIGKILL) at random moments and 10 at the durable points: **${total((row) => row.lost)} lost, ${total((row) => row.doubled)} arrived twice** (${declared} of them because the policy of the
document type says so). ${wrong.length === 0 ? 'Every line came out as it must.' : `${wrong.length} lines came out wrong; they say so.`}

"Uncertain" is a message of which nobody can know whether it arrived, because the line or the program died between the end of the message and the
answer. It is never sent again by itself, unless the document type says so; only then can a message arrive twice, and the line says it.

| # | Fault | Must come of it | Came of it | Messages | Lost | Twice | Uncertain | Seconds |
|---|---|---|---|---|---|---|---|---|
`;
  const lines = rows.map(
    (row) =>
      `| ${row.number} | ${cell(row.fault)} | ${cell(row.expected)} | ${row.verdict === 'WRONG' ? '**Wrong**: ' : ''}${cell(row.happened)} | ${[row.messages, row.lost, row.doubled, row.uncertain, row.seconds.toFixed(1)].join(' | ')} |`,
  );
  return `${head}${lines.join('\n')}\n`;
}
