// Finds the rule that a reply falls under: those of the provider first, then the general ones. Pure.
import type { SmtpPhase } from '../fault.ts';
import { type Reply, textOf } from '../reply.ts';
import { type Origin, rulesFor } from './families.ts';
import { envelope, type ReplyRule } from './rule.ts';

interface Facts {
  code: number;
  class: number;
  enhanced: string | null;
  text: string;
}

const enhancedForm = /^([45]\.\d{1,3}\.\d{1,3})(?:\s+|$)/;

/**
 * RFC 3463 says more than the basic code, so where the two disagree (552 4.3.1) the enhanced one holds. RFC 2034 forbids
 * that, and real servers do it.
 */
function factsOf(reply: Reply): Facts {
  const text = textOf(reply);
  const enhanced = reply.enhanced ?? (reply.code >= 400 ? (enhancedForm.exec(text)?.[1] ?? null) : null);
  return {
    code: reply.code,
    class: Number((enhanced ?? String(reply.code))[0]),
    enhanced,
    text: reply.enhanced === null ? text.replace(enhancedForm, '') : text,
  };
}

/** "5.7.139", "5.7.700-749", "x.1.1", "5.1.*" */
function isEnhanced(pattern: string, enhanced: string): boolean {
  const wanted = pattern.split('.');
  return enhanced.split('.').every((part, at) => {
    const want = wanted[at] ?? '';
    if (want === '*' || want === 'x') return true;
    const [from = '', to = from] = want.split('-');
    return Number(part) >= Number(from) && Number(part) <= Number(to);
  });
}

function fits(rule: ReplyRule, facts: Facts): boolean {
  if (rule.code && !rule.code.includes(facts.code)) return false;
  if (rule.class && rule.class !== facts.class) return false;
  if (rule.text && !rule.text.test(facts.text)) return false;
  if (!rule.enhanced) return true;
  return facts.enhanced !== null && rule.enhanced.some((pattern) => isEnhanced(pattern, facts.enhanced!));
}

/** Nothing was said of any message before MAIL: whatever the code, the message is not at fault. */
const mayCount = (rule: ReplyRule, phase: SmtpPhase): boolean =>
  (!rule.at || rule.at.includes(phase)) && (rule.blame === 'transport' || envelope.includes(phase));

/** @returns null for a reply that is no refusal (2xx, 3xx) where another was due */
export function findRule(phase: SmtpPhase, reply: Reply, origin: Origin): ReplyRule | null {
  const facts = factsOf(reply);
  if (facts.code < 400) return null;
  return rulesFor(origin).find((rule) => mayCount(rule, phase) && fits(rule, facts)) ?? null;
}

/** The step at which a reply is most likely said, where only its words are known. */
export function likelyPhase(reply: Reply, origin: Origin): SmtpPhase {
  const facts = factsOf(reply);
  if ([530, 534, 535, 538].includes(facts.code)) return 'auth';
  const special = rulesFor(origin).find((rule) => rule.at && (rule.text || rule.enhanced) && fits(rule, facts));
  if (special?.at?.includes('dot') && [552, 554].includes(facts.code)) return 'dot';
  if (special?.at) return special.at.includes('rcpt') && special.blame === 'message' ? 'rcpt' : special.at[0]!;
  return [552, 554].includes(facts.code) ? 'dot' : 'rcpt';
}
