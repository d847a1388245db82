import { Transform } from 'node:stream';
import { type Direction, startTcpProxy, type TcpProxy } from '../../test/helpers/network/tcp-proxy.ts';
import type { PrivateServer } from '../../test/helpers/servers/private-server.ts';
import type { DatabaseKind } from '../servers/internal-database.ts';

/** The two moments of a commit: the client sends COMMIT, the server confirms it. */
export type CommitMoment = 'requested' | 'done';

/** `pass` forwards the message; `cut` drops it and resets all connections. */
export type CommitRule = (moment: CommitMoment) => 'pass' | 'cut';

export interface DatabaseProxy extends TcpProxy {
  /** The rule is asked at both moments of each commit that writes something. */
  onCommit(rule: CommitRule | undefined): void;
}

/** Stands between the daemon and its database server, and recognises commits. */
export async function startDatabaseProxy(kind: DatabaseKind, server: PrivateServer): Promise<DatabaseProxy> {
  let rule: CommitRule | undefined;
  /** Connections with a COMMIT that is not answered yet. */
  const committing = new Set<number>();
  const momentOf = (direction: Direction, connection: number, chunk: Buffer): CommitMoment | undefined => {
    if (direction === 'to-server') {
      if (!isCommit(kind, chunk)) return undefined;
      committing.add(connection);
      return 'requested';
    }
    if (!committing.has(connection) || !isCommitAnswer(kind, chunk)) return undefined;
    committing.delete(connection);
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

/** COMMIT comes last: in a packet of its own in MySQL's protocol, right behind the writes in PostgreSQL's. */
function isCommit(kind: DatabaseKind, chunk: Buffer): boolean {
  return kind === 'postgres'
    ? chunk.subarray(-POSTGRES_COMMIT.length).equals(POSTGRES_COMMIT)
    : chunk[4] === 3 && chunk.subarray(5, 11).toString('latin1').toUpperCase() === 'COMMIT';
}

/** PostgreSQL may answer the writes first, and answers a failed transaction with ROLLBACK. */
function isCommitAnswer(kind: DatabaseKind, chunk: Buffer): boolean {
  return kind === 'postgres' ? POSTGRES_COMMIT_ANSWERS.some((answer) => chunk.includes(answer)) : true;
}

/** Message type, length, and the text, which ends in NUL. */
const POSTGRES_COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0');
const POSTGRES_COMMIT_ANSWERS = [Buffer.from('C\0\0\0\x0bCOMMIT\0'), Buffer.from('C\0\0\0\x0dROLLBACK\0')];
