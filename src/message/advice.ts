// A text for a person with its own next step: "what happened → what to do".
import { nextStep, type Reason } from './reasons.ts';

const arrow = ' → ';

export const withNext = (matter: string, next: string): string => `${matter}${arrow}${next}`;

/** @returns the next step is null where the text has none of its own */
export function splitNext(text: string): { matter: string; next: string | null } {
  const at = text.lastIndexOf(arrow);
  return at < 0 ? { matter: text, next: null } : { matter: text.slice(0, at), next: text.slice(at + arrow.length) };
}

/** They came after the try of which the text tells, and something else is to be done about them. */
const speakForThemselves: readonly Reason[] = ['tries-used-up', 'expired', 'on-hold', 'reopened', 'poison'];

/**
 * What to do: the next step of the text itself, which knows the case, else the one of the reason.
 * @param level of the message's why
 */
export function adviceOf(
  reason: Reason,
  detail: string | null,
  id: string,
  transport: string | null,
  level = '',
): string {
  const own = detail === null || speakForThemselves.includes(reason) ? null : splitNext(detail).next;
  return own?.replaceAll(/\bID\b/g, id) ?? nextStep(reason, id, transport, level);
}
