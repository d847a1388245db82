import { Transform } from 'node:stream';
import { type Direction, startTcpProxy, type TcpProxy } from '../../test/helpers/network/tcp-proxy.ts';
import type { PrivateServer } from '../../test/helpers/servers/private-server.ts';
import type { DatabaseKind } from '../servers/internal-database.ts';

/** The moments of a transaction's end: the client asks for COMMIT, the server says it is done. */
export type CommitMoment = 'asked' | 'done';

/** `cut`: the connections are reset and this message is lost; `pass`: it goes on. */
export type CommitRule = (moment: CommitMoment) => 'pass' | 'cut';

export interface DatabaseProxy extends TcpProxy {
  /** Asked each time a transaction with something in it is committed. */
  onCommit(rule: CommitRule | undefined): void;
}

/** Stands between the daemon and its database server, and recognises commits. */
export async function startDatabaseProxy(kind: DatabaseKind, server: PrivateServer): Promise<DatabaseProxy> {
  let rule: CommitRule | undefined;
  /** Connections on which COMMIT was asked for and not answered yet. */
  const asked = new Set<number>();
  const momentOf = (direction: Direction, connection: number, chunk: Buffer): CommitMoment | undefined => {
    if (direction === 'to-server') {
      if (!isCommit(kind, chunk)) return undefined;
      asked.add(connection);
      return 'asked';
    }
    if (!asked.has(connection) || !isCommitAnswer(kind, chunk)) return undefined;
    asked.delete(connection);
    return 'done';
  };
  const proxy = await startTcpProxy(
    { port: server.port },
    (direction, connection) =>
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          const moment = momentOf(direction, connection, chunk);
          if (moment !== undefined && rule?.(moment) === 'cut') setImmediate(() => proxy.cut());
          else done(null, chunk);
        },
      }),
  );
  return Object.assign(proxy, {
    onCommit: (next: CommitRule | undefined) => {
      rule = next;
    },
  });
}

/** The last thing that is sent: by itself in MySQL's protocol, right behind the writes in PostgreSQL's. */
function isCommit(kind: DatabaseKind, chunk: Buffer): boolean {
  return kind === 'postgres'
    ? chunk.subarray(-POSTGRES_COMMIT.length).equals(POSTGRES_COMMIT)
    : chunk[4] === 3 && chunk.subarray(5, 11).toString('latin1').toUpperCase() === 'COMMIT';
}

/** PostgreSQL may answer the writes before it; a transaction that failed is answered with a rollback. */
function isCommitAnswer(kind: DatabaseKind, chunk: Buffer): boolean {
  return kind === 'postgres' ? POSTGRES_COMMIT_ANSWERS.some((answer) => chunk.includes(answer)) : true;
}

/** A message's kind, its length and its text, which ends in NUL. */
const POSTGRES_COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0');
const POSTGRES_COMMIT_ANSWERS = [Buffer.from('C\0\0\0\x0bCOMMIT\0'), Buffer.from('C\0\0\0\x0dROLLBACK\0')];
