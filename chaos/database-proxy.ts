import { Transform } from 'node:stream';
import type { PrivateServer } from '../test/helpers/servers/private-server.ts';
import { type Direction, startTcpProxy, type TcpProxy } from '../test/helpers/servers/tcp-proxy.ts';
import type { DatabaseKind } from './internal-database.ts';

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
    return asked.delete(connection) ? 'done' : undefined;
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

/** The drivers send COMMIT by itself, in one packet: a length, the kind of message, and the text. */
function isCommit(kind: DatabaseKind, chunk: Buffer): boolean {
  return kind === 'postgres'
    ? chunk[0] === 'Q'.charCodeAt(0) && chunk.subarray(5, 11).toString('latin1') === 'COMMIT'
    : chunk[4] === 3 && chunk.subarray(5, 11).toString('latin1').toUpperCase() === 'COMMIT';
}
