// The mailbox at Microsoft Graph: what lies in it under a Message-ID, and where.
import { at, textAt } from './answer.ts';
import { type GraphClient, NoAnswer } from './client.ts';
import { expectStatus } from './refusal.ts';

/** A message in the mailbox. */
export interface Item {
  id: string;
  /** As Exchange has it, with angle brackets. */
  internetMessageId: string;
  webLink: string;
}

/**
 * Where a message stands. `draft`: in Drafts, not sent. `taken`: sent, or in the Outbox of the mailbox on its way. `away`: unsent,
 * and put into another folder, such as Deleted Items. `none`: not there.
 */
export type Standing = { where: 'draft' | 'taken' | 'away'; item: Item } | { where: 'none'; item: null };

/** How a message is found again: by its Message-ID, or by our own mark where Exchange chooses the Message-ID. */
export interface Mark {
  kind: 'message-id' | 'property';
  /** Without angle brackets. */
  messageId: string;
}

/** A named property of our own (MS-OXPROPS: PS_PUBLIC_STRINGS), which goes along to Sent Items. */
export const markProperty = 'String {00020329-0000-0000-C000-000000000046} Name outbox-message-id';

export interface Mailbox {
  client: GraphClient;
  user: string;
  /** `/users/{user}` and what stands behind it. */
  path(rest: string): string;
  /** @throws Refusal, NoAnswer, NoToken */
  find(mark: Mark): Promise<Standing>;
  /** By the id that it got as a draft. @throws as `find` */
  look(id: string, mark: Mark): Promise<Standing>;
  /** Throws a draft away; never fails, because it is only tidying. */
  discard(id: string): Promise<void>;
}

interface Folders {
  drafts: string;
  outbox: string;
}

/** The ids of folders never change: asked for once. */
export type KeptFolders = { found: Folders | null };

const fields = '$select=id,isDraft,parentFolderId,internetMessageId,webLink';

/** OData: a quote is doubled. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function filterOf({ kind, messageId }: Mark): string {
  if (kind === 'message-id') return `internetMessageId eq ${quoted(`<${messageId}>`)}`;
  const property = `ep/id eq ${quoted(markProperty)} and ep/value eq ${quoted(messageId)}`;
  return `singleValueExtendedProperties/Any(ep: ${property})`;
}

export const itemOf = (json: unknown): Item => ({
  id: textAt(json, 'id'),
  internetMessageId: textAt(json, 'internetMessageId'),
  webLink: textAt(json, 'webLink'),
});

function standingOf(json: unknown, { drafts, outbox }: Folders): Standing {
  const folder = textAt(json, 'parentFolderId');
  const isDraft = at(json, 'isDraft') === true;
  const where = !isDraft || folder === outbox ? 'taken' : folder === drafts ? 'draft' : 'away';
  return { where, item: itemOf(json) };
}

const rank = { taken: 3, draft: 2, away: 1, none: 0 };

export function openMailbox(client: GraphClient, user: string, kept: KeptFolders): Mailbox {
  const path = (rest: string): string => `/users/${encodeURIComponent(user)}${rest}`;

  const folderId = async (name: string): Promise<string> => {
    const answer = await client.call({ method: 'GET', path: path(`/mailFolders/${name}?$select=id`) });
    return textAt(expectStatus('mailbox', answer, 200).json, 'id');
  };

  const folders = async (): Promise<Folders> =>
    (kept.found ??= { drafts: await folderId('drafts'), outbox: await folderId('outbox') });

  const find = async (mark: Mark): Promise<Standing> => {
    const known = await folders();
    const query = `$filter=${encodeURIComponent(filterOf(mark))}&${fields}`;
    const answer = await client.call({ method: 'GET', path: path(`/messages?${query}`) });
    const list = at(expectStatus('look', answer, 200).json, 'value');
    // Taken for "not there", a cut answer would make a second draft.
    if (!Array.isArray(list)) throw new NoAnswer('The answer to the search was cut.', true);
    const standings = list.map((json: unknown) => standingOf(json, known));
    return standings.toSorted((a, b) => rank[b.where] - rank[a.where])[0] ?? { where: 'none', item: null };
  };

  return {
    client,
    user,
    path,
    find,
    async look(id, mark) {
      const known = await folders();
      const answer = await client.call({ method: 'GET', path: path(`/messages/${encodeURIComponent(id)}?${fields}`) });
      return answer.status === 404 ? find(mark) : standingOf(expectStatus('look', answer, 200).json, known);
    },
    async discard(id) {
      await client.call({ method: 'DELETE', path: path(`/messages/${encodeURIComponent(id)}`) }).catch(() => {});
    },
  };
}
