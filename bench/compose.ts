// The composer alone, against nodemailer's MailComposer: CPU per message.
import { cpuOf, interleave } from './support/figures.ts';
import type { Load } from './support/load.ts';
import type { Options } from './support/options.ts';
import { runPeer } from './support/peers.ts';
import { compareCpu, type Result } from './support/result.ts';
import { kilobytes, sizes } from './support/sizes.ts';

/** About two seconds of the slower one. */
const messagesOf: Record<number, number> = { [sizes.small]: 4_000, [sizes.usual]: 3_000, [sizes.large]: 400 };

export async function compose({ rounds, documents }: Options): Promise<Result[]> {
  const results: Result[] = [];
  for (const bytes of Object.values(sizes)) {
    const messages = documents ?? messagesOf[bytes]!;
    const load: Load = { bytes, messages, warmUp: Math.ceil(messages / 4), server: null };
    const what = `compose ${kilobytes(bytes)}`;
    console.error(what);
    const runs = await interleave(rounds, {
      outbox: () => runPeer('outbox', load),
      nodemailer: () => runPeer('nodemailer', load),
    });
    const [outbox, against] = [runs['outbox']!, runs['nodemailer']!];
    console.error(`  ${cpuOf(outbox).toFixed(1)} us against ${cpuOf(against).toFixed(1)} us`);
    results.push(compareCpu({ what, outbox, peer: 'MailComposer', against, goal: 20, floor: 12 }));
  }
  return results;
}
