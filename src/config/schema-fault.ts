// A fault of the schema in words for people. Never quotes a value: it may be a secret in the wrong place.
import type { z } from 'zod';
import type { FaultAt, Path } from './fault.ts';
import { valueAt } from './raw-setting.ts';
import { nearest, suggest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

const typeWords: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys, each in a line of its own',
  record: 'a group of keys, each in a line of its own',
};

/** Keys of other programs, or of other versions, that people try. */
const strangers: Record<string, string> = {
  secure: 'write tls: implicit or tls: required',
  ssl: 'write tls: implicit',
  starttls: 'write tls: required',
  username: 'write user',
  pass: 'write password',
  server: 'write host',
  from: 'the From stands at company.email and documentTypes.NAME.email.from; the envelope sender is sender',
};

function unknownKeys(issue: Extract<Issue, { code: 'unrecognized_keys' }>, path: Path): FaultAt[] {
  const known = issue.message.split(',');
  return issue.keys.map((key) => {
    const stranger = Object.hasOwn(strangers, key) && nearest(key, known) === null ? strangers[key] : undefined;
    return { path: [...path, key], detail: 'unknown key', hint: stranger ?? suggest(key, known) };
  });
}

function wrongWord(values: readonly unknown[], written: unknown, path: Path): FaultAt {
  const known = values.map(String);
  const near = typeof written === 'string' ? nearest(written, known) : null;
  const hint = near === null ? `possible: ${known.join(', ')}` : `did you mean ${near}?`;
  return { path, detail: 'this word is not known here', hint };
}

/** A group of keys whose first word, its kind, says which keys it has. */
function wrongKind(issue: Extract<Issue, { code: 'invalid_union' }>, written: unknown, path: Path): FaultAt {
  const known = 'options' in issue ? (issue.options ?? []) : [];
  if (written === undefined) return { path, detail: 'this is missing', hint: `possible: ${known.join(', ')}` };
  return wrongWord(known, written, path);
}

const limitOf = (limit: number | bigint, text: boolean): string => `${limit}${text ? ' characters' : ''}`;

function wordsOf(issue: Issue, written: unknown): { detail: string; hint: string } {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = typeWords[issue.expected] ?? issue.expected;
      if (written === undefined) return { detail: 'this is missing', hint: `write ${wanted}` };
      return { detail: `this must be ${wanted}`, hint: '' };
    }
    case 'too_big':
      return { detail: `at most ${limitOf(issue.maximum, issue.origin === 'string')}`, hint: '' };
    case 'too_small':
      return { detail: `at least ${limitOf(issue.minimum, issue.origin === 'string')}`, hint: '' };
    case 'custom':
      return { detail: issue.message, hint: String(issue.params?.['hint'] ?? '') };
    default:
      return { detail: 'this can not stand here', hint: '' };
  }
}

/** A single value may stand for a list of one: then it stands where the list was expected. */
function writtenAt(value: unknown, path: readonly (string | number)[]): unknown {
  const around = path.at(-1) === 0 ? valueAt(value, path.slice(0, -1)) : undefined;
  return around === undefined || Array.isArray(around) ? valueAt(value, path) : around;
}

/** @param root the path of the entry that was checked, @param value the entry as written */
export function faultsOf(issues: readonly Issue[], root: Path, value: unknown): FaultAt[] {
  return issues.flatMap((issue): FaultAt[] => {
    const inside = issue.path as (string | number)[];
    const path = [...root, ...inside];
    const written = writtenAt(value, inside);
    if (issue.code === 'invalid_union') return [wrongKind(issue, written, path)];
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path);
    if (issue.code === 'invalid_value' && written !== undefined) return [wrongWord(issue.values, written, path)];
    if (issue.code === 'invalid_value') {
      return [{ path, detail: 'this is missing', hint: `possible: ${issue.values.join(', ')}` }];
    }
    return [{ path, ...wordsOf(issue, written) }];
  });
}
