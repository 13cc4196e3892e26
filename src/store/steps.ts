// The three steps of a message through the queue, each in a transaction that it may share. They take and give plain data: they
// may run in another thread than who asks for them.
import { sql } from 'kysely';
import { OutboxError } from '../message/errors.ts';
import { type ClaimRequest, claims, type Held, type Leased, leaseClock } from './claim.ts';
import type { Engine } from './database.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Connection } from './schema.ts';
import { type Ending, settles } from './settle.ts';
import type { Statements } from './statements.ts';
import { columnsAfter } from './transition.ts';

export interface Steps {
  /** W2: takes what is due, with an attempt row each; null when there is nothing. */
  claim(request: ClaimRequest): Promise<Leased | null>;
  /** W3. @throws OBX019 when the lease is gone; then the final dot must not be sent */
  commit(held: Held): Promise<void>;
  /**
   * W4. False when the lease was gone and a person or another worker had decided before us; the attempt keeps what we saw.
   * @param committed whether W3 was written
   */
  settle(held: Held, committed: boolean, end: Ending): Promise<boolean>;
}

function commits(statements: Statements, engine: Engine): (connection: Connection, held: Held) => Promise<void> {
  const commit = statements.change((connection, { id, held }: { id: string; held: string }) =>
    connection
      .updateTable('message')
      .set(columnsAfter({ status: 'sending', phase: 'preparing' }, 'commit'))
      .where('id', '=', id)
      .where('lease', '=', held)
      .where('status', '=', sql.lit('sending'))
      .where('phase', '=', 'preparing')
      // On SQLite nobody else works: there a lease can not be lost by time, and a clock that jumps does no harm.
      .$if(engine === 'postgres', (query) => query.where('leaseUntil', '>', leaseClock(engine, 0))),
  );
  return async (connection, { id, lease }) => {
    if ((await commit(connection, { id, held: lease })) === 0) throw new OutboxError('OBX019', { id });
  };
}

export function createSteps(engine: Engine, group: GroupCommit, statements: Statements): Steps {
  const [claim, commit, settle] = [claims(statements, engine), commits(statements, engine), settles(statements)];
  return {
    claim: (request) => group.run((connection) => claim(connection, request)),
    commit: (held) => group.run((connection) => commit(connection, held)),
    settle: (held, committed, end) =>
      group.run((connection) => settle(connection, held, committed ? 'committing' : 'preparing', end)),
  };
}
