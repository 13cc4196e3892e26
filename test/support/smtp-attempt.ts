// One message through the SMTP transport to a scripted server, and what came of it.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Job, Outcome } from '../../src/message/transport.ts';
import type { Timeouts } from '../../src/transport/smtp/timeouts.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { sampleJob, smtpSettings } from './jobs.ts';
import { type Said, type Script, type ScriptedServer, startScripted } from './scripted-smtp.ts';

export interface Tried {
  outcome: Outcome;
  commits: number;
  server: ScriptedServer;
}

export interface Wish {
  settings?: Parameters<typeof smtpSettings>[1];
  timeouts?: Partial<Timeouts>;
  job?: Partial<Job>;
  password?: string;
  ehloName?: string;
}

export async function tryWith(t: TestContext, script: Script, wish: Wish = {}): Promise<Tried> {
  const server = await startScripted(t, script);
  const transport = createSmtpTransport(smtpSettings(server.port, wish.settings), {
    password: () => Promise.resolve(wish.password ?? null),
    ehloName: wish.ehloName ?? 'client',
    debug: null,
    ...(wish.timeouts ? { timeouts: wish.timeouts } : {}),
  });
  let commits = 0;
  const commit = (): Promise<void> => {
    commits++;
    return Promise.resolve();
  };
  const outcome = await transport.send(sampleJob(wish.job), commit);
  await transport.close();
  return { outcome, commits, server };
}

export const refused = (outcome: Outcome) => {
  assert.equal(outcome.result, 'refused');
  return outcome;
};

/** A server that answers as usual but for one thing. */
export const at =
  (where: Said, reply: string): Script =>
  (said) =>
    said === where ? reply : undefined;
