// Liquid in subjects, notes, file names and gateway addresses: filling in, and checking before anything is sent.
import { Liquid, type Template } from 'liquidjs';
import { OutboxError, wordsOf } from './errors.ts';
import type { Fields } from './fields.ts';

/** What a template may cost: one that loops for ever must not stop a run. Milliseconds, characters, allocations. */
const limits = { renderLimit: 500, parseLimit: 100_000, memoryLimit: 1_000_000 } as const;

/** An empty folder list and no file system: {% include %} and {% render %} find nothing. */
const nowhere = {
  exists: () => Promise.resolve(false),
  existsSync: () => false,
  readFile: () => Promise.reject(new Error('no files here')),
  readFileSync: () => {
    throw new Error('no files here');
  },
  resolve: (_root: string, file: string) => file,
};

const makeEngine = (options: { outputEscape?: (value: unknown) => string } = {}): Liquid => {
  const engine = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    fs: nowhere,
    relativeReference: false,
    cache: true,
    ...limits,
    ...options,
  });
  engine.registerFilter('money', (amount: unknown, currency?: unknown) =>
    [String(amount ?? ''), String(currency ?? '')].filter((part) => part !== '').join(' '),
  );
  return engine;
};

/** Of plain text: what a field holds is taken as it is. */
const plainEngine = makeEngine();

const escaping = new Map<(value: string) => string, Liquid>();

const engineFor = (escape: ((value: string) => string) | undefined): Liquid => {
  if (!escape) return plainEngine;
  const known = escaping.get(escape);
  if (known) return known;
  const made = makeEngine({ outputEscape: (value) => escape(String(value ?? '')) });
  escaping.set(escape, made);
  return made;
};

/** Parsed once: a run fills in the same few templates thousands of times. By engine, because escaping is decided in parsing. */
const parsedBy = new WeakMap<Liquid, Map<string, Template[]>>();
const mostParsed = 500;

function parse(engine: Liquid, template: string): Template[] {
  const parsed = parsedBy.get(engine) ?? new Map<string, Template[]>();
  parsedBy.set(engine, parsed);
  const known = parsed.get(template);
  if (known) return known;
  const made = engine.parse(template);
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(template, made);
  return made;
}

/**
 * @param escape what every output is put through, for a note whose fields must not become markup
 * @throws OBX120 when it can not be filled in
 */
export function renderTemplate(template: string, fields: Partial<Fields>, escape?: (value: string) => string): string {
  try {
    const engine = engineFor(escape);
    return engine.renderSync(parse(engine, template), fields) as string;
  } catch (error) {
    throw new OutboxError('OBX120', { detail: wordsOf(error) }, error);
  }
}

/** The fields that a template can name, as `object.field`. */
const known: Readonly<Record<string, readonly string[]>> = {
  company: ['code', 'name', 'email', 'fax', 'country'],
  document: ['type', 'number', 'date', 'due', 'amount', 'currency', 'po', 'salesperson', 'language', 'pages', 'file'],
  customer: ['number', 'name', 'class', 'language', 'salesperson'],
  type: ['code', 'name'],
  fax: ['digits', 'e164', 'national'],
  message: ['recipient', 'channel', 'count'],
  documents: [],
};

const isClose = (a: string, b: string): boolean => {
  const sorted = (text: string): string => [...text].toSorted().join('');
  return a.startsWith(b.slice(0, 3)) || sorted(a) === sorted(b);
};

function unknownField(name: readonly unknown[]): string | null {
  const [object, field] = name.map(String);
  if (object === undefined) return null;
  if (!Object.hasOwn(known, object)) {
    const near = Object.keys(known).find((word) => isClose(object, word));
    return `there is no field "${name.join('.')}"${near ? `; did you mean ${near}?` : `; fields begin with ${Object.keys(known).join(', ')}`}`;
  }
  const fields = known[object]!;
  if (field === undefined || fields.length === 0 || fields.includes(field)) return null;
  const near = fields.find((word) => isClose(field, word));
  return `there is no field "${object}.${field}"${near ? `; did you mean ${object}.${near}?` : `; ${object} has ${fields.join(', ')}`}`;
}

/** Null when the template can be filled in; else what is wrong with it, in words. */
export function checkTemplate(template: string): string | null {
  let parsed: Template[];
  try {
    parsed = plainEngine.parse(template);
  } catch (error) {
    return wordsOf(error);
  }
  // Names that a template makes itself ({% for d in documents %}) are not among its globals.
  for (const name of plainEngine.globalVariableSegmentsSync(parsed)) {
    const fault = unknownField(name);
    if (fault) return fault;
  }
  return null;
}
