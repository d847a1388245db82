import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/**
 * What epmd is asked by Erlang nodes. The numbers are the protocol's own:
 * https://www.erlang.org/doc/apps/erts/erl_dist_protocol.html
 */
const ALIVE2_REQUEST = 120;
const ALIVE2_X_RESPONSE = 118;
const PORT_PLEASE2_REQUEST = 122;
const PORT2_RESPONSE = 119;
const NAMES_REQUEST = 110;
const FOUND = 0;
const NOT_FOUND = 1;
/** After the port: a normal node, TCP, and the oldest and newest version of the distribution protocol. */
const NODE_FACTS = Buffer.from([77, 0, 0, 6, 0, 5]);

export interface PortMapperOptions {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** The ports of running nodes by name, without host. Several mappers may share them. */
  readonly nodes: Map<string, number>;
  /** The port to give out instead of a running node's own; undefined to give out its own. */
  readonly detour: (name: string) => number | undefined;
}

/**
 * Stands in for epmd, which tells Erlang nodes each other's ports: so it can send one node to another through a proxy, and
 * leaves no process behind.
 */
export async function startPortMapper({ port, nodes, detour }: PortMapperOptions): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const answer = (socket: Socket, request: Buffer): void => {
    switch (request[0]) {
      case ALIVE2_REQUEST: {
        const name = request.toString('utf8', 11, 11 + request.readUInt16BE(9));
        nodes.set(name, request.readUInt16BE(1));
        // A node is known for as long as it keeps this connection.
        socket.once('close', () => nodes.delete(name));
        socket.write(Buffer.from([ALIVE2_X_RESPONSE, FOUND, 0, 0, 0, 1]));
        return;
      }
      case PORT_PLEASE2_REQUEST: {
        const name = request.toString('utf8', 1);
        const own = nodes.get(name);
        socket.end(own === undefined ? Buffer.from([PORT2_RESPONSE, NOT_FOUND]) : found(name, detour(name) ?? own));
        return;
      }
      case NAMES_REQUEST: {
        const lines = [...nodes].map(([name, at]) => `name ${name} at port ${at}\n`);
        socket.end(Buffer.concat([bigEndian(port, 4), Buffer.from(lines.join(''))]));
        return;
      }
      default:
        socket.destroy();
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const request = received.subarray(2);
      received = Buffer.alloc(0);
      answer(socket, request);
    });
    // `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function found(name: string, port: number): Buffer {
  const text = Buffer.from(name);
  return Buffer.concat([
    Buffer.from([PORT2_RESPONSE, FOUND]),
    bigEndian(port, 2),
    NODE_FACTS,
    bigEndian(text.length, 2),
    text,
    bigEndian(0, 2),
  ]);
}

function bigEndian(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}
