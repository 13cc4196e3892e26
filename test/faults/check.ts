// The end of every scenario: the ledger of intake against the statuses, the statuses against what the mail server really kept.
import { readFileSync } from 'node:fs';
import type { Message } from '../../src/message/message.ts';
import type { Scene } from './scene.ts';
import type { Entry } from './sink/ledger.ts';

export interface Sum {
  messages: number;
  lost: number;
  doubled: number;
  uncertain: number;
}

/** Copies that were kept, by Message-ID. */
async function keptBySinks(scene: Scene): Promise<Map<string, Entry[]>> {
  const kept = new Map<string, Entry[]>();
  for (const sink of scene.sinks) {
    for (const entry of (await sink.seen()).entries) {
      if (entry.offences.length > 0) scene.wrong.push(`what arrived has ${entry.offences.join(', ')}`);
      if (entry.kept) kept.set(entry.messageId, [...(kept.get(entry.messageId) ?? []), entry]);
    }
  }
  if (scene.ledger !== null) {
    const copy = { recipient: '', kept: true, said: 0, octets: 0, connection: 0, at: 0, sha256: '', offences: [] };
    for (const messageId of readFileSync(scene.ledger, 'utf8').split('\n').filter(Boolean)) {
      kept.set(messageId, [...(kept.get(messageId) ?? []), { ...copy, messageId }]);
    }
  }
  return kept;
}

/** What is not true of a message, in words. */
function lieOf({ status, phase, kind, dueAt }: Message, copies: number): string | null {
  if (status === 'sending') return `is stuck in sending (${phase})`;
  if (status === 'queued' && dueAt === null) return 'is queued and never due';
  if ((status === 'released' || status === 'delivered') && copies === 0) return `is ${status} and never arrived`;
  const isOut = status === 'released' || status === 'delivered' || status === 'uncertain' || kind === 'bounced';
  return !isOut && copies > 0 ? `is ${status} and arrived` : null;
}

export async function checkSum(scene: Scene): Promise<Sum> {
  const kept = await keptBySinks(scene);
  const sum: Sum = { messages: 0, lost: 0, doubled: 0, uncertain: 0 };
  const lies = new Map<string, number>();
  const known = new Set<string>();
  for (const installed of scene.installed) {
    for (const message of await scene.messages(installed)) {
      const id = message.ingredients?.messageId ?? '';
      if (!known.has(id)) sum.messages++;
      known.add(id);
      if (message.status === 'uncertain') sum.uncertain++;
      if (message.channel !== 'email') continue;
      const copies = kept.get(id) ?? [];
      const lie = scene.declared.lying && message.status === 'released' ? null : lieOf(message, copies.length);
      if (lie) lies.set(lie, (lies.get(lie) ?? 0) + 1);
      if (lie?.endsWith('never arrived')) sum.lost++;
    }
  }
  for (const [id, copies] of kept) {
    if (!known.has(id)) lies.set('arrived and nobody knows it', (lies.get('arrived and nobody knows it') ?? 0) + 1);
    if (copies.length > 1) sum.doubled++;
    if (new Set(copies.map(({ sha256 }) => sha256)).size > 1) lies.set('changed between two tries', 1);
  }
  for (const [lie, count] of lies) scene.wrong.push(`${count} ${lie}`);
  if (sum.messages !== scene.taken) {
    scene.wrong.push(`${scene.taken} were taken in, ${sum.messages} are there`);
    sum.lost += Math.max(0, scene.taken - sum.messages);
  }
  if (sum.doubled > (scene.declared.doubled ?? 0)) scene.wrong.push(`${sum.doubled} arrived twice`);
  return sum;
}
