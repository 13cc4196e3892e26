// A YAML text as plain values, with the line of every key. Stricter than YAML: nothing in it can surprise or blow up.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Node, Pair, ParsedNode, YAMLError } from 'yaml';
import type { FaultAt, LineOf, Path } from './fault.ts';

export interface YamlTree {
  value: unknown;
  /** The line of exactly this path; null where there is none. */
  lineOf: LineOf;
  /** In YAML itself; the line is in `lineOf(path)`. */
  faults: (FaultAt & { line: number })[];
}

/** Deeper than any settings; a hostile text must not exhaust the stack. */
const deepest = 24;

/** Own words: those of the parser may quote the text, and the text may be a password. */
const wordsByCode: Partial<Record<YAMLError['code'], [string, string]>> = {
  DUPLICATE_KEY: ['the same key stands here twice', 'keep one of them'],
  TAB_AS_INDENT: ['a tab stands where blanks must stand', 'indent with blanks'],
  BAD_INDENT: ['the indentation does not fit', 'put the key under its neighbours, with blanks'],
  MISSING_CHAR: ['a quotation mark, bracket, comma or colon is missing', 'complete it here or in the line before'],
  BAD_SCALAR_START: ['a text can not begin with this sign', 'put the text into quotation marks'],
  BLOCK_AS_IMPLICIT_KEY: ['a second colon makes this unclear', 'put the text into quotation marks'],
  MULTILINE_IMPLICIT_KEY: [
    'a key must stand in one line with its colon',
    'add the colon, or indent the line under the text above',
  ],
  BAD_DQ_ESCAPE: ['a backslash in double quotes is a special sign', "use 'single quotes' for texts with backslashes"],
  MULTIPLE_DOCS: ['there is a second document after ---', 'keep one document'],
  TAG_RESOLVE_FAILED: ['a text can not begin with !', 'put the text into quotation marks'],
};

const tooDeep: [string, string] = ['this is nested too deeply', 'write it flat'];

const keyOf = (path: Path): string => JSON.stringify(path);

class Walk {
  readonly lines = new Map<string, number>();
  readonly faults: (FaultAt & { line: number })[] = [];
  readonly #counter: LineCounter;

  constructor(counter: LineCounter) {
    this.#counter = counter;
  }

  lineAt(offset: number): number {
    return Math.max(1, this.#counter.linePos(offset).line);
  }

  fault(line: number, path: Path, detail: string, hint: string): void {
    this.faults.push({ line, path, detail, hint });
  }

  value(node: Node | null | undefined, path: Path, line: number): unknown {
    if (!node) return null;
    const here = node.range ? this.lineAt(node.range[0]) : line;
    if (path.length > deepest) return this.fault(here, path.slice(0, 3), 'this is nested too deeply', 'write it flat');
    if (isAlias(node) || (!isScalar(node) && !isMap(node) && !isSeq(node)) || node.anchor !== undefined) {
      return this.fault(
        here,
        path,
        'references are not allowed',
        'put the text into quotation marks if it begins with * or &',
      );
    }
    if (node.tag !== undefined && node.tag.startsWith('!')) {
      return this.fault(here, path, 'a text can not begin with !', 'put the text into quotation marks');
    }
    if (isSeq(node)) return node.items.map((item, index) => this.#item(item as Node, [...path, index], here));
    if (isMap(node)) return this.#mapping(node.items as Pair<ParsedNode, ParsedNode | null>[], path);
    return scalarValue(node.value, node.source);
  }

  #item(node: Node, path: Path, line: number): unknown {
    this.lines.set(keyOf(path), node.range ? this.lineAt(node.range[0]) : line);
    return this.value(node, path, line);
  }

  #mapping(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], path: Path): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (const { key, value } of pairs) {
      const line = this.lineAt(key.range[0]);
      // The key as it was written: customer number 00123 is not the number 123.
      const name = isScalar(key) ? (key.source ?? String(key.value)) : null;
      if (name === null || name === '__proto__' || key.anchor !== undefined) {
        this.fault(line, path, 'this can not be a key', 'put it into quotation marks');
        continue;
      }
      if (Object.hasOwn(found, name)) {
        this.fault(line, [...path, name], ...(wordsByCode.DUPLICATE_KEY ?? ['', '']));
        continue;
      }
      this.lines.set(keyOf([...path, name]), line);
      found[name] = this.value(value, [...path, name], line);
    }
    return found;
  }
}

/** A number that would be printed otherwise (0123, +1414, 1.0) stays the text that it is. */
function scalarValue(value: unknown, source: string | undefined): unknown {
  if (typeof value === 'bigint') return source ?? String(value);
  if (typeof value === 'number' && source !== undefined && String(value) !== source) return source;
  return value;
}

const words = (code: YAMLError['code']): [string, string] =>
  wordsByCode[code] ?? ['this is not valid YAML', 'look at this line and the one before'];

/** One fault a line, and few: after the first, a parser mostly stumbles over its own feet. */
const mostYamlFaults = 10;

function collectErrors(errors: readonly YAMLError[], walk: Walk): void {
  const lines = new Map(errors.toReversed().map((error) => [walk.lineAt(error.pos[0]), error.code]));
  const sorted = [...lines].toSorted(([a], [b]) => a - b).slice(0, mostYamlFaults);
  for (const [line, code] of sorted) walk.fault(line, [], ...words(code));
}

function parse(text: string, counter: LineCounter) {
  return parseDocument(text, {
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    logLevel: 'error',
    lineCounter: counter,
  });
}

/** Reads YAML 1.2. Never throws: faults are in the answer. */
export function readYaml(text: string): YamlTree {
  const counter = new LineCounter();
  const walk = new Walk(counter);
  let value: unknown = null;
  try {
    const document = parse(text, counter);
    collectErrors([...document.errors, ...document.warnings], walk);
    if (walk.faults.length === 0) value = walk.value(document.contents, [], 1);
  } catch (error) {
    // The parser is recursive: brackets by the ten thousand exhaust the stack.
    if (!(error instanceof RangeError)) throw error;
    walk.fault(1, [], ...tooDeep);
  }
  return { value, lineOf: (path) => walk.lines.get(keyOf(path)) ?? null, faults: walk.faults };
}
