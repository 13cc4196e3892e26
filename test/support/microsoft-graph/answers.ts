// What the stand-in for Microsoft Graph does with each request that is allowed.
import type { IncomingHttpHeaders } from 'node:http';
import { type FakeItem, fromJson, fromMime, nextId, sendItem, type Upload } from './mailbox.ts';
import type { FakeGraph, GraphWish, Step } from './server.ts';

export interface Said {
  status: number;
  json?: unknown;
  headers?: Record<string, string>;
}

export interface Asked {
  step: Step;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  graph: FakeGraph;
  wish: GraphWish;
}

const no = (status: number, code: string, message = code): Said => ({ status, json: { error: { code, message } } });
const gone = no(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');

const shown = (item: FakeItem): object => ({
  id: item.id,
  isDraft: item.isDraft,
  parentFolderId: `folder-${item.folder}`,
  internetMessageId: item.internetMessageId,
  webLink: `https://outlook.office365.example/owa/?ItemID=${encodeURIComponent(item.id)}`,
});

const wantsImmutable = ({ headers }: Asked): boolean => headers['prefer'] === 'IdType="ImmutableId"';

const idIn = (path: string): string => decodeURIComponent(/\/messages\/([^/]+)/.exec(path)?.[1] ?? '');

const itemOf = ({ path, graph }: Asked): FakeItem | undefined => graph.mailbox.items.get(idIn(path));

/** Base64 as RFC 4648 4 has it, padded. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

async function makeDraft(asked: Asked): Promise<Said> {
  const { headers, body, graph, wish } = asked;
  const type = headers['content-type'] ?? '';
  let item: FakeItem | null;
  if (type === 'text/plain') {
    const text = body.toString('latin1');
    if (!isBase64(text)) return no(400, 'ErrorMimeContentInvalidBase64String');
    const mime = Buffer.from(text, 'base64');
    if (wish.bug200 !== undefined && mime.length > wish.bug200) return { status: 200 };
    item = await fromMime(mime);
  } else if (type === 'application/json') {
    item = fromJson(JSON.parse(body.toString('utf8')) as object);
  } else {
    return no(415, 'UnsupportedMediaType');
  }
  if (item === null) return no(400, 'InvalidInternetMessageHeader');
  graph.mailbox.items.set(item.id, item);
  return { status: 201, json: shown(item) };
}

/** The two filters that are used; anything else is a bad request, as it is there. */
function find({ query, graph }: Asked): Said {
  const filter = query.get('$filter') ?? '';
  const text = (written: string): string => written.replaceAll("''", "'");
  const id = /^internetMessageId eq '((?:[^']|'')*)'$/.exec(filter)?.[1];
  const property =
    /^singleValueExtendedProperties\/Any\(ep: ep\/id eq '([^']+)' and ep\/value eq '((?:[^']|'')*)'\)$/.exec(filter);
  if (id === undefined && property === null) return no(400, 'BadRequest', `Invalid filter clause ${filter}`);
  const fits = (item: FakeItem): boolean =>
    id === undefined ? item.properties[property![1]!] === text(property![2]!) : item.internetMessageId === text(id);
  return { status: 200, json: { value: [...graph.mailbox.items.values()].filter(fits).map(shown) } };
}

function attach(asked: Asked): Said {
  const item = itemOf(asked);
  if (!item) return gone;
  const { name, contentBytes } = JSON.parse(asked.body.toString('utf8')) as { name: string; contentBytes: string };
  if (!isBase64(contentBytes)) return no(400, 'ErrorInvalidRequest');
  item.attachments.push({ name, bytes: Buffer.from(contentBytes, 'base64') });
  return { status: 201, json: { id: nextId('attachment') } };
}

function openSession(asked: Asked): Said {
  const { graph, wish, body } = asked;
  const item = itemOf(asked);
  if (!item) return gone;
  const { AttachmentItem } = JSON.parse(body.toString('utf8')) as { AttachmentItem: { name: string; size: number } };
  const { name, size } = AttachmentItem;
  if (size < (wish.leastUpload ?? 3_000_000)) return no(400, 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize');
  if (size > 150 * 1024 * 1024) return no(413, 'ErrorAttachmentSizeLimitExceeded');
  const key = `session-${graph.mailbox.sessions.size + 1}`;
  const upload: Upload = { item: item.id, name, size, chunks: [], received: 0, isExpired: false };
  graph.mailbox.sessions.set(key, upload);
  const uploadUrl = `${new URL(graph.baseUrl).origin}/upload/${key}?authtoken=very-secret-token`;
  return { status: 201, json: { uploadUrl, nextExpectedRanges: ['0-'] } };
}

const step320 = 320 * 1024;

function upload({ path, query, headers, body, graph }: Asked): Said {
  const session = graph.mailbox.sessions.get(path.replace('/upload/', ''));
  if (!session || query.get('authtoken') !== 'very-secret-token') return no(401, 'InvalidAuthenticationToken');
  if (session.isExpired) return no(404, 'itemNotFound', 'The upload session was not found.');
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '');
  const [from = -1, to = -1, total = -1] = range?.slice(1).map(Number) ?? [];
  if (total !== session.size || to - from + 1 !== body.length) return no(400, 'InvalidContentRange');
  if (from !== session.received) return no(416, 'InvalidRange', 'The uploaded fragment is out of order.');
  const isLast = to + 1 === total;
  if (body.length > 4 * 1024 * 1024 || (!isLast && body.length % step320 !== 0)) return no(400, 'InvalidContentRange');
  session.chunks.push(body);
  session.received += body.length;
  if (!isLast) return { status: 200, json: { nextExpectedRanges: [`${session.received}-`] } };
  const item = graph.mailbox.items.get(session.item);
  if (!item) return gone;
  item.attachments.push({ name: session.name, bytes: Buffer.concat(session.chunks) });
  return { status: 201, headers: { Location: `${graph.baseUrl}/attachments/1` } };
}

function send(asked: Asked): Said {
  const item = itemOf(asked);
  if (!item?.isDraft || item.folder !== 'drafts') return gone;
  sendItem(asked.graph.mailbox, item, wantsImmutable(asked));
  return { status: 202 };
}

function discard(asked: Asked): Said {
  const item = itemOf(asked);
  if (!item) return gone;
  item.folder = 'deleteditems';
  return { status: 204 };
}

function look(asked: Asked): Said {
  const item = itemOf(asked);
  return item ? { status: 200, json: shown(item) } : gone;
}

const pageSize = 10;

function attachments(asked: Asked): Said {
  const item = itemOf(asked);
  if (!item) return gone;
  const from = Number(asked.query.get('$skip') ?? 0);
  const page = item.attachments.slice(from, from + pageSize).map(({ name, bytes }) => ({ name, size: bytes.length }));
  const next = `${asked.graph.baseUrl}${asked.path}?$select=name,size&$skip=${from + pageSize}`;
  const more = from + pageSize < item.attachments.length ? { '@odata.nextLink': next } : {};
  return { status: 200, json: { value: page, ...more } };
}

export function answerTo(asked: Asked): Promise<Said> | Said {
  switch (asked.step) {
    case 'folder': {
      const name = asked.path.replace(/^.*\//, '');
      const inIt = [...asked.graph.mailbox.items.values()].filter(({ folder }) => folder === name);
      return { status: 200, json: { id: `folder-${name}`, totalItemCount: inIt.length } };
    }
    case 'draft':
      return makeDraft(asked);
    case 'find':
      return find(asked);
    case 'look':
      return look(asked);
    case 'attachment':
      return attach(asked);
    case 'attachments':
      return attachments(asked);
    case 'session':
      return openSession(asked);
    case 'upload':
      return upload(asked);
    case 'send':
      return send(asked);
    case 'delete':
      return discard(asked);
  }
}
