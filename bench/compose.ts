// The composer alone, against nodemailer's MailComposer: CPU per message.
import { cpuOf, interleave } from './support/figures.ts';
import type { Load } from './support/load.ts';
import type { Options } from './support/options.ts';
import { runPeer } from './support/peers.ts';
import { compareCpu, type Result } from './support/result.ts';
import { kilobytes, sizes } from './support/sizes.ts';

/** Each about a second or two. */
const timesFaster = 10;
const messagesOf: Record<number, number> = { [sizes.small]: 4_000, [sizes.usual]: 2_500, [sizes.large]: 300 };

export async function compose({ rounds, documents }: Options): Promise<Result[]> {
  const results: Result[] = [];
  for (const bytes of Object.values(sizes)) {
    const messages = documents ?? messagesOf[bytes]!;
    const load = (count: number): Load => ({ bytes, messages: count, warmUp: Math.ceil(count / 4), server: null });
    const what = `compose ${kilobytes(bytes)}`;
    console.error(what);
    const runs = await interleave(rounds, {
      outbox: () => runPeer('outbox', load(messages * timesFaster)),
      nodemailer: () => runPeer('nodemailer', load(messages)),
    });
    const [outbox, against] = [runs['outbox']!, runs['nodemailer']!];
    console.error(`  ${cpuOf(outbox).toFixed(1)} us against ${cpuOf(against).toFixed(1)} us`);
    results.push(compareCpu({ what, outbox, peer: 'MailComposer', against, goal: 20, floor: 12 }));
  }
  return results;
}
