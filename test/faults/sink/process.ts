// The mail server as a process of its own: what it kept outlives whatever happens to the sender, and the other way round.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Entry, Seen } from './ledger.ts';
import { type Action, goodPlan, type Place, type Plan, type Rule, seeded } from './plan.ts';
import { type House, SmtpSession } from './session.ts';

const mostLines = 5_000;

let plan: Plan = goodPlan;
let random = seeded(1);
/** Times that each rule of the plan was looked at at its place. */
let visits = new Map<Rule, number>();
const entries: Entry[] = [];
const seen: Omit<Seen, 'entries'> = {
  connections: 0,
  open: 0,
  mostOpen: 0,
  places: {},
  connectedAt: [],
  lines: [],
  throttled: 0,
};
let keptCount = 0;
let recentMails: number[] = [];
let waiting: { id: number; place: Place; count: number }[] = [];
/** Open ones, with the number of their connection. */
const sockets = new Map<Socket, number>();

function fits(rule: Rule, line: string, message: number): boolean {
  if (rule.match && !new RegExp(rule.match, 'i').test(line)) return false;
  if (rule.messages && (message < rule.messages[0] || message > rule.messages[1])) return false;
  const times = (visits.get(rule) ?? 0) + 1;
  visits.set(rule, times);
  if (rule.times && (times < rule.times[0] || times > rule.times[1])) return false;
  return rule.odds === undefined || random() < rule.odds;
}

function tell(): void {
  const there = waiting.filter(({ place, count }) => (seen.places[place] ?? 0) >= count);
  waiting = waiting.filter((one) => !there.includes(one));
  for (const { id } of there) process.send?.({ id, answer: null });
}

/** A text that was cut out of a content would keep all of it in memory. */
const alone = (text: string): string => Buffer.from(text).toString();

const house: House = {
  plan: () => plan,
  actionAt(place, line, message): Action {
    seen.places[place] = (seen.places[place] ?? 0) + 1;
    tell();
    return plan.rules.find((rule) => rule.at === place && fits(rule, line, message))?.do ?? {};
  },
  note(line) {
    seen.lines.push(line);
    if (seen.lines.length > mostLines) seen.lines.splice(0, mostLines / 2);
  },
  record(entry) {
    const { messageId, recipient } = entry;
    entries.push({ ...entry, messageId: alone(messageId), recipient: alone(recipient), at: Date.now() });
    if (entry.kept) keptCount++;
  },
  isThrottled(connection) {
    const { throttle } = plan;
    if (!throttle) return false;
    const now = Date.now();
    const { connections = Number.POSITIVE_INFINITY, count = Number.POSITIVE_INFINITY, ms = 60_000 } = throttle;
    recentMails = recentMails.filter((at) => at > now - ms);
    const before = [...sockets.values()].filter((number) => number < connection).length;
    const isTooMuch = before >= connections || recentMails.length >= count;
    if (isTooMuch) seen.throttled++;
    else recentMails.push(now);
    return isTooMuch;
  },
  passwords() {
    const isOver = plan.passwordsExpireAfter !== null && keptCount >= plan.passwordsExpireAfter;
    return isOver ? [] : (plan.passwords ?? []);
  },
};

function serve(socket: Socket): void {
  seen.connections++;
  seen.connectedAt.push(Date.now());
  seen.open++;
  seen.mostOpen = Math.max(seen.mostOpen, seen.open);
  sockets.set(socket, seen.connections);
  socket.once('close', () => {
    seen.open--;
    sockets.delete(socket);
  });
  new SmtpSession(house, socket, seen.connections);
}

interface Asked {
  id: number;
  ask: 'plan' | 'seen' | 'times' | 'wait' | 'drop';
  plan?: Plan;
  place?: Place;
  count?: number;
}

process.on('message', ({ id, ask, ...asked }: Asked) => {
  if (ask === 'wait') {
    waiting.push({ id, place: asked.place!, count: asked.count! });
    return tell();
  }
  if (ask === 'plan') {
    plan = asked.plan!;
    random = seeded(plan.seed);
    visits = new Map();
    keptCount = 0;
    recentMails = [];
  }
  if (ask === 'drop') for (const socket of sockets.keys()) socket.resetAndDestroy();
  if (ask === 'seen') process.send?.({ id, answer: { ...seen, entries } });
  else process.send?.({ id, answer: ask === 'times' ? (seen.places[asked.place!] ?? 0) : null });
});
process.on('disconnect', () => process.exit());

const server = createServer(serve).listen(
  { port: 0, host: '127.0.0.1', backlog: Number(process.argv[2] ?? 511) },
  () => {
    process.send?.({ id: 0, answer: (server.address() as AddressInfo).port });
  },
);
