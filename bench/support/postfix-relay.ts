// Postfix as a durable relay: messages in by SMTP, out to the sink, until its queue is empty. Its own default settings.
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, type Scope } from '../../test/support/daemon.ts';
import { startPostfix } from '../../test/support/postfix.ts';
import { treeCpuMs } from './child.ts';
import type { Measured } from './figures.ts';
import type { Sink } from './sink.ts';
import { runSmtpSource, writeMessage } from './smtp-source.ts';

export interface Relay {
  /** 20 submitters, answered when the message is durable. The CPU is that of Postfix alone. */
  relay(messages: number): Promise<Measured>;
}

const submitters = 20;
const pollMs = 10;

/** @param folder for the message that is sent again and again */
export async function startRelay(scope: Scope, folder: string, sink: Sink, bytes: number): Promise<Relay> {
  const port = await freePort();
  const postfix = await startPostfix(scope, { port, nextHop: sink.port });
  const file = await writeMessage(folder, bytes);
  return {
    async relay(messages) {
      const before = treeCpuMs(postfix.master);
      const from = performance.now();
      await runSmtpSource({ port, sessions: submitters, messages, bytes, file });
      await sink.has(messages);
      while (postfix.queued() > 0) await wait(pollMs);
      const ms = performance.now() - from;
      return { messages, ms, cpuMs: treeCpuMs(postfix.master) - before, peakMb: 0 };
    },
  };
}
