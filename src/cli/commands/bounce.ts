// outbox bounce: what mails that came back say, one line per mail.
import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import type { BounceAnswer, BounceRecipient } from '../../tracking/bounce/answer.ts';
import { meanings } from '../../tracking/bounce/meanings.ts';
import { limits } from '../../tracking/bounce/mime/limits.ts';
import type { Act } from '../act.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';

/** As much of a mail as is read anyway. @throws OBX260 */
async function beginningOf(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file);
    const chunks: Buffer[] = [];
    let left: number = limits.bytes;
    while (left > 0) {
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(Math.min(left, 65_536)) });
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw new OutboxError('OBX260', { file, detail: wordsOf(error) }, error);
  }
}

function describe({ address, action, status, reason, hard }: BounceRecipient): string {
  const facts = [action, status, hard ? `${reason}, for good` : reason].filter((fact) => fact !== null);
  return `  ${address ?? '(no recipient is named)'}: ${facts.join(' ')}\n      ${meanings[reason]}`;
}

function say(context: Context, file: string, { kind, recipients, originalMessageId }: BounceAnswer): void {
  const about = originalMessageId === null ? '' : `, about <${originalMessageId}>`;
  context.say(`${file}: ${kind === 'none' ? 'no report' : kind}${about}`);
  for (const recipient of recipients) context.say(describe(recipient));
}

async function bounce(context: Context, files: string[]): Promise<ExitCode> {
  const { readBounce } = await import('../../tracking/bounce/read-bounce.ts');
  let code: ExitCode = 0;
  for (const file of files) {
    try {
      const answer = readBounce(await beginningOf(file));
      context.print({ file, ...answer });
      say(context, file, answer);
    } catch (error) {
      if (!(error instanceof OutboxError)) throw error;
      context.warn(`${error.message}\n→ ${error.hint} (${error.code})`);
      code = 2;
    }
  }
  return code;
}

export function registerBounce(program: Command, act: Act): void {
  program
    .command('bounce')
    .argument('<file...>', 'mails that came back, one to a file (.eml)')
    .description('say what mails that came back mean: who was not reached, why, and about which message')
    .addHelpText('after', examples('outbox bounce returned.eml', 'outbox bounce returned/*.eml --json'))
    .action(act(bounce));
}
