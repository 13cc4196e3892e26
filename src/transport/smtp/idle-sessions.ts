// Sessions that wait for the next message: kept for a while, given out again, ended in good order.
import type { Outcome } from '../../message/transport.ts';
import { endSession, type Session } from './session.ts';

export interface IdleSessions {
  /** One that is still open; null when there is none. */
  take(): Session | null;
  /** After a message: kept, unless it has done its share, or is broken. Never throws. */
  giveBack(session: Session, outcome: Outcome): Promise<void>;
  close(): Promise<void>;
}

/** @param idleMs servers drop idle connections themselves: better that we do */
export function keepIdleSessions(messagesPerConnection: number, idleMs: number): IdleSessions {
  const idle = new Map<Session, NodeJS.Timeout>();

  const forget = (session: Session): void => {
    clearTimeout(idle.get(session));
    idle.delete(session);
  };

  const keep = (session: Session): void => {
    const timer = setTimeout(() => {
      forget(session);
      void endSession(session);
    }, idleMs);
    timer.unref();
    idle.set(session, timer);
  };

  const isWorthKeeping = async (session: Session, outcome: Outcome): Promise<boolean> => {
    if (session.sent >= messagesPerConnection || outcome.reply?.code === 421) return false;
    // A refused transaction is open until RSET (RFC 5321 4.1.1.5).
    return outcome.result !== 'refused' || (await session.say('rset', 'RSET')).code === 250;
  };

  return {
    take() {
      for (const session of idle.keys()) {
        forget(session);
        if (session.connection.isOpen) return session;
      }
      return null;
    },
    async giveBack(session, outcome) {
      session.sent++;
      if (!session.connection.isOpen) return;
      const isGood = await isWorthKeeping(session, outcome).catch(() => false);
      if (isGood) keep(session);
      else await endSession(session);
    },
    async close() {
      const sessions = [...idle.keys()];
      sessions.forEach(forget);
      await Promise.all(sessions.map(endSession));
    },
  };
}
