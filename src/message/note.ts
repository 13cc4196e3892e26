// The note of a message: Markdown with fields, as text and as HTML. What a field holds is never markup.
import MarkdownIt from 'markdown-it';
import type { Fields } from './fields.ts';
import { type HeldValues, holdValues } from './held-values.ts';

/** A document's own note takes the place of its type's; those of customer and company stand below. */
export interface NoteLayers {
  document: string | null;
  type: string;
  customer: string | null;
  company: string | null;
}

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
// A link that a note does not name by scheme is not made one, except for an address of email.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: true });
const { normalizeLink } = markdown;
// The targets of links are normalised when the values of the fields stand in them.
markdown.normalizeLink = (url) => url;
markdown.normalizeLinkText = (url) => url;

const layersOf = (layers: NoteLayers): string[] =>
  [layers.document ?? layers.type, layers.customer, layers.company].filter(
    (layer): layer is string => layer !== null && layer.trim() !== '',
  );

const filledIn = (layers: NoteLayers, fields: Fields, held: HeldValues): string =>
  layersOf(layers)
    .map((layer) => held.render(layer, fields).trim())
    .join('\n\n');

type Token = ReturnType<typeof markdown.parse>[number];

/** Encoded whole, so that a value can be no scheme, host or further parameter; only in mailto: the @ has to stay. */
function targetOf(written: string, held: HeldValues): string {
  const isMail = /^mailto:/i.test(written);
  const target = held.putBack(written, (value) => {
    const encoded = encodeURIComponent(value.toWellFormed());
    return isMail ? encoded.replaceAll('%40', '@') : encoded;
  });
  return markdown.validateLink(target) ? normalizeLink(target) : '';
}

/** Puts the values where their places are: in text, which is escaped when it becomes HTML, and in the targets of links. */
function putValues(tokens: readonly Token[], held: HeldValues): readonly Token[] {
  for (const token of tokens) {
    token.content = held.putBack(token.content);
    token.info = held.putBack(token.info, () => '');
    for (const attribute of token.attrs ?? []) {
      const isTarget = attribute[0] === 'href' || attribute[0] === 'src';
      attribute[1] = isTarget ? targetOf(String(attribute[1]), held) : held.putBack(String(attribute[1]));
    }
    putValues(token.children ?? [], held);
  }
  return tokens;
}

function parse(layers: NoteLayers, fields: Fields): readonly Token[] {
  const held = holdValues(`${layersOf(layers).join('')}${JSON.stringify(fields)}`);
  return putValues(markdown.parse(filledIn(layers, fields, held), {}), held);
}

/** Text of a paragraph: emphasis loses its signs, a link keeps its target behind it. */
function inlineText(tokens: readonly Token[]): string {
  let text = '';
  let link: { href: string; from: number } | null = null;
  for (const token of tokens) {
    if (token.type === 'softbreak' || token.type === 'hardbreak') text += '\n';
    else if (token.type === 'link_open') link = { href: String(token.attrGet('href')), from: text.length };
    else if (token.type === 'link_close' && link) {
      const shown = text.slice(link.from);
      if (!link.href.endsWith(shown)) text += ` (${link.href})`;
      link = null;
    } else text += token.content;
  }
  return text;
}

/** Blocks as plain text: an empty line between them, "- " or "1. " before the items of a list, a row of a table on one line. */
function plainText(tokens: readonly Token[]): string {
  const lines: string[] = [];
  const lists: (number | null)[] = [];
  let mark = '';
  let row: string[] | null = null;
  for (const token of tokens) {
    if (token.type === 'tr_open') row = [];
    else if (token.type === 'tr_close') {
      lines.push((row ?? []).join(' | ').trimEnd());
      row = null;
    } else if (token.type === 'table_close') lines.push('');
    else if (row && token.type === 'inline') row.push(inlineText(token.children ?? []));
    else if (token.type === 'bullet_list_open') lists.push(null);
    else if (token.type === 'ordered_list_open') lists.push(Number(token.attrGet('start') ?? 1));
    else if (token.type.endsWith('_list_close')) {
      lists.pop();
      if (lists.length === 0) lines.push('');
    } else if (token.type === 'list_item_open') {
      const number = lists.at(-1) ?? null;
      mark = `${'  '.repeat(lists.length - 1)}${number === null ? '- ' : `${number}. `}`;
      if (number !== null) lists[lists.length - 1] = number + 1;
    } else if (token.type === 'hr') lines.push('----------', '');
    else if (token.type === 'fence' || token.type === 'code_block') lines.push(token.content.trimEnd(), '');
    else if (token.type === 'inline') {
      lines.push(mark + inlineText(token.children ?? []).replaceAll('\n', `\n${' '.repeat(mark.length)}`));
      if (lists.length === 0) lines.push('');
      mark = '';
    }
  }
  return `${lines.join('\n').trim()}\n`;
}

const escapeAttribute = (text: string): string => text.replace(/[^A-Za-z0-9-]/g, '');

/** Inline styles and a plain frame: what Outlook (Word's engine), Gmail and Apple Mail show alike. */
const page = (body: string, language: string): string =>
  [
    '<!DOCTYPE html>',
    `<html${language === '' ? '' : ` lang="${escapeAttribute(language)}"`} dir="auto">`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>',
    '<body style="margin:0;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#1a1a1a">',
    body.trim(),
    '</body></html>',
    '',
  ].join('\n');

interface Rendered {
  text: string;
  html: string;
}

function render(layers: NoteLayers, fields: Fields): Rendered {
  const tokens = parse(layers, fields);
  if (tokens.length === 0) return { text: '', html: page('', fields.document.language) };
  const language = fields.customer.language || fields.document.language;
  return { text: plainText(tokens), html: page(markdown.renderer.render([...tokens], markdown.options, {}), language) };
}

/** Notes without any field: they are the same on every message of a run. By what they are made of. */
const fixed = new Map<string, Rendered>();
const mostFixed = 100;
const hasFields = (layer: string): boolean => layer.includes('{');

/** @throws OBX120 when a template can not be filled in */
export function renderNote(layers: NoteLayers, fields: Fields): Rendered {
  const all = layersOf(layers);
  if (all.some(hasFields)) return render(layers, fields);
  const key = JSON.stringify([all, fields.customer.language, fields.document.language]);
  const known = fixed.get(key) ?? render(layers, fields);
  if (fixed.size >= mostFixed) fixed.clear();
  fixed.set(key, known);
  return known;
}

/** A fax shows text only. @throws OBX120 */
export function renderFaxNote(layers: NoteLayers, fields: Fields): string {
  const tokens = parse(layers, fields);
  return tokens.length === 0 ? '' : plainText(tokens);
}
