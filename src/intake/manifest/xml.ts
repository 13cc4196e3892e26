// A manifest as XML: <documents><document file=".." type=".."><customer>..</customer></document><total count=".."/></documents>.
import { createRequire } from 'node:module';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { decodeText } from '../text-decoding.ts';
import { decodeReferences } from './xml-references.ts';
import type { RawManifest, RawRow, RefusedRow } from './manifest.ts';

type Library = typeof import('fast-xml-parser', { with: { 'resolution-mode': 'require' } });

/** Loaded with the first manifest of this form: few are. */
const library = (): Library => createRequire(import.meta.url)('fast-xml-parser') as Library;

type Node = string | Node[] | { [name: string]: Node };

const example = 'Write <documents><document file="1.pdf" type="invoice" number="1" customer="01-ABF"/></documents>.';

const references = {
  decode: decodeReferences,
  setExternalEntities: (): void => {},
  addInputEntities: (): void => {},
  reset: (): void => {},
  setXmlVersion: (): void => {},
};

/** Fields are attributes or child elements, in any mixture. @throws OBX011 when it is not XML, or not of this form */
export function readXmlManifest(bytes: Uint8Array, file: string): RawManifest {
  const root = parseXml(decodeText(bytes).text, file);
  const columns = new Set<string>();
  const rows: RawRow[] = [];
  const refused: RefusedRow[] = [];
  for (const [at, document] of listOf(root['document']).entries()) {
    const read = readDocument(document, at + 1, columns);
    if ('detail' in read) refused.push(read);
    else rows.push(read);
  }
  return { columns: [...columns], rows, refused, total: readTotal(root['total']) };
}

/** A document type definition can name files and grow without end: there is none in a manifest. */
function parseXml(text: string, file: string): { [name: string]: Node } {
  const refuse = (detail: string, hint: string): never => {
    throw new OutboxError('OBX011', { file, detail, hint });
  };
  if (/<!DOCTYPE/i.test(text)) refuse('it has a document type definition', 'Take the <!DOCTYPE ...> out.');
  const valid = library().XMLValidator.validate(text);
  if (valid !== true) refuse(`line ${valid.err.line}: ${valid.err.msg}`, 'Mend the XML.');
  const root = parse(text, refuse)['documents'];
  if (root === undefined) refuse('its outermost element is not <documents>', example);
  if (root === '') return {};
  return fieldsOf(root) ?? refuse('there is no <document> in it', example);
}

function parse(text: string, refuse: (detail: string, hint: string) => never): { [name: string]: Node } {
  const { XMLParser } = library();
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: true,
    entityDecoder: references,
    transformTagName: (name) => name.toLowerCase(),
    transformAttributeName: (name) => name.toLowerCase(),
  });
  try {
    return parser.parse(text) as { [name: string]: Node };
  } catch (error) {
    return refuse(wordsOf(error), 'Mend the XML.');
  }
}

const listOf = (node: Node | undefined): Node[] => (node === undefined ? [] : Array.isArray(node) ? node : [node]);

function fieldsOf(node: Node | undefined): { [name: string]: Node } | null {
  return typeof node === 'object' && !Array.isArray(node) ? node : null;
}

function readDocument(document: Node, row: number, columns: Set<string>): RawRow | RefusedRow {
  const fields = document === '' ? {} : fieldsOf(document);
  if (!fields) return { row, detail: 'there is text between its fields', hint: example };
  const cells: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    const column = name.replace(/^@/, '');
    const text = textOf(value);
    if (Object.hasOwn(cells, column)) return { row, detail: `${column} stands twice`, hint: 'Write it once.' };
    if (text === null) return { row, detail: `${column} has elements inside`, hint: 'Write only text in it.' };
    columns.add(column);
    cells[column] = text;
  }
  return { row, cells };
}

/** The text of an element; of several of one name, such as <email>, a list separated by ";". */
function textOf(node: Node): string | null {
  if (typeof node === 'string') return node;
  if (!Array.isArray(node)) return null;
  return node.every((part) => typeof part === 'string') ? node.join(';') : null;
}

function readTotal(node: Node | undefined): RawManifest['total'] {
  const fields = fieldsOf(node);
  if (!fields) return node === undefined ? null : { count: '', amount: '' };
  const field = (name: string): string => textOf(fields[`@${name}`] ?? fields[name] ?? '') ?? '';
  return { count: field('count'), amount: field('amount') };
}
