// Sessions that wait for the next message: kept for a while, given out again, ended in good order.
import { endSession, type Session } from './session.ts';

export interface IdleSessions {
  /** One that is still open; null when there is none. */
  take(): Session | null;
  /**
   * After a message: kept, unless it is broken.
   * @param isClean nothing of the last transaction is left open. Never throws
   */
  giveBack(session: Session, isClean: boolean): Promise<void>;
  close(): Promise<void>;
}

/** @param idleMs servers drop idle connections themselves: better that we do */
export function keepIdleSessions(idleMs: number): IdleSessions {
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

  /** A refused transaction is open until RSET (RFC 5321 4.1.1.5). */
  const clean = async (session: Session): Promise<boolean> =>
    (await session.say('rset', 'RSET', session.newTranscript())).code === 250;

  return {
    take() {
      for (const session of idle.keys()) {
        forget(session);
        if (session.connection.isOpen && session.connection.unread.length === 0) return session;
        session.connection.destroy();
      }
      return null;
    },
    async giveBack(session, isClean) {
      if (!session.connection.isOpen) return;
      if (isClean || (await clean(session).catch(() => false))) keep(session);
      else await endSession(session);
    },
    async close() {
      const sessions = [...idle.keys()];
      sessions.forEach(forget);
      await Promise.all(sessions.map(endSession));
    },
  };
}
