// One recipient of a report: address, action, status code and reason, from all that is said about it.
import type { BounceAction, BounceRecipient } from './answer.ts';
import { codeIn, type Judgement, judgeCode, judgeWords } from './judge.ts';

export interface Said {
  address: string | null;
  action: BounceAction;
  /** The status code that stands in a field of its own. */
  status: string | null;
  /** Words, those that are nearest to the recipient first. */
  words: readonly string[];
  /** Words of the whole report, for when nothing nearer tells. */
  around: string;
}

const isVague = (code: string): boolean => code.endsWith('.0.0');

/** The code of the refusing system tells more than the one of the system that reports. */
function statusOf({ action, status, words }: Said): string | null {
  const isGood = action !== 'failed' && action !== 'delayed';
  const [said] = words.map((one) => codeIn(one, isGood)).filter((code) => code !== null);
  if (said === undefined || (isVague(said) && status !== null)) return status ?? said ?? null;
  return said;
}

function judge(said: Said, status: string | null): Judgement {
  for (const words of said.words) {
    const judged = judgeWords(words);
    if (judged) return judged;
  }
  return judgeCode(status) ?? judgeWords(said.around) ?? { reason: 'other', hard: false };
}

/** @returns reason and hardness only where the message failed; a delay is none, whatever its cause */
export function judgeRecipient(said: Said): BounceRecipient {
  const { address, action } = said;
  const status = statusOf(said);
  if (action === 'failed') return { address, action, status, ...judge(said, status) };
  const reason = action === 'relayed' || action === 'expanded' ? 'delivered' : action;
  return { address, action, status, reason, hard: false };
}
