// The kinds of values that settings are made of. One schema each, with words for people.
import { z } from 'zod';
import { channels } from '../message/message.ts';

/** What is wrong with a value and what to write instead; null where it is right. Never quotes the value: it may be a secret. */
export type Judge = (value: string) => { detail: string; hint: string } | null;

/** A schema that also asks `judge`. */
export const judged = <T extends z.ZodType<string>>(schema: T, judge: Judge) =>
  schema.superRefine((value, context) => {
    const verdict = judge(value);
    if (verdict) context.addIssue({ code: 'custom', message: verdict.detail, params: { hint: verdict.hint } });
  });

/** A mapping with known keys only. The message of an unknown key lists the known ones, for "did you mean". */
export const mapping = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(',') : undefined),
  });

// A text of digits only is a number to YAML; people need not know that.
const asText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

const longestText = 100_000;

/** Text of several lines. */
export const text = z.preprocess(asText, z.string().max(longestText));

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;

const longestLine = 1000;

/** One line of text that is not empty. CR, LF and NUL must reach neither a header nor a program. */
export const line = judged(z.preprocess(asText, z.string()), (value) => {
  if (value.trim() === '') return { detail: 'this is empty', hint: 'write something, or leave the key out' };
  if (value.length > longestLine) return { detail: 'this is too long', hint: `at most ${longestLine} characters` };
  if (control.test(value)) return { detail: 'a control character stands in it', hint: 'write it in one line' };
  return null;
});

export const oneOf = <const Words extends readonly string[]>(words: Words) => z.preprocess(asText, z.enum(words));

export const between = (least: number, most: number) => z.number().int().min(least).max(most);

const asList = (value: unknown): unknown => (typeof value === 'string' || typeof value === 'number' ? [value] : value);

/** A list; one value may stand for a list of one. */
export const listOf = <T extends z.ZodType>(item: T) => z.preprocess(asList, z.array(item).max(1000));

/** Channels in the order in which they are tried. */
export const channelOrder = listOf(z.enum(channels)).superRefine((order, context) => {
  const hint = 'such as [email, fax], [fax] or [none]';
  if (order.length === 0) context.addIssue({ code: 'custom', message: 'no channel is named', params: { hint } });
  if (new Set(order).size !== order.length) {
    context.addIssue({ code: 'custom', message: 'a channel is named twice', params: { hint } });
  }
  if (order.length > 1 && order.includes('none')) {
    context.addIssue({ code: 'custom', message: 'none stands beside other channels', params: { hint } });
  }
});

/** Channels by document type. */
export const delivery = z.record(z.string(), channelOrder);

/** Notes by channel. */
export const notes = mapping({ email: text.nullable().optional(), fax: text.nullable().optional() });
