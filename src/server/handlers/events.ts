// Server-sent events (HTML Living Standard 9.2): what changes, with a heartbeat, until the line or its time ends.
import type { Handlers } from '../call.ts';
import { sent } from '../call.ts';
import type { Change } from '../live.ts';
import { commonHeaders } from '../headers.ts';

const heartbeatMs = 15_000;
/** Then the browser asks again by itself, and whether it still may is looked at anew. */
const longestMs = 5 * 60_000;
/** Octets that a slow reader may leave unread. */
const mostUnread = 1024 * 1024;

const frame = ({ id, event, data }: Change): string => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export const eventHandlers: Handlers<'events'> = {
  events(_, { parts, request, reply }) {
    const after = request.headers['last-event-id'];
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { ...commonHeaders(parts), 'content-type': 'text/event-stream', 'x-request-id': request.id });
    const write = (text: string): void => {
      raw.write(text);
      if (raw.writableLength > mostUnread) raw.destroy();
    };
    write('retry: 2000\n\n');
    const end = parts.live.listen(typeof after === 'string' ? after : null, (change) => write(frame(change)));
    const beat = setInterval(() => write(': still here\n\n'), heartbeatMs);
    const over = setTimeout(() => raw.end(), longestMs);
    const stop = (): void => void raw.end();
    parts.live.ends.addEventListener('abort', stop);
    raw.once('close', () => {
      parts.live.ends.removeEventListener('abort', stop);
      clearInterval(beat);
      clearTimeout(over);
      end();
    });
    return Promise.resolve(sent);
  },
};
