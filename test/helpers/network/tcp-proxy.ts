import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Transform } from 'node:stream';
import { freePorts } from '../../../scripts/setup/free-ports.mjs';
import { resetSocket } from '../../../src/broker/reset-socket.ts';

/** Which way the bytes go: from client to server, or back. */
export type Direction = 'to-server' | 'to-client';

export interface TcpProxy extends AsyncDisposable {
  /** On 127.0.0.1. It never changes. */
  readonly port: number;
  /** Open connections. */
  readonly connections: number;
  /** Becomes a black hole: forwards nothing and tells neither side, on new connections too. Both ways by default. */
  freeze(...directions: Direction[]): void;
  /** Forwards again, beginning with what has piled up. */
  thaw(): void;
  /** Resets all open connections (RST). New ones are accepted. */
  cut(): void;
  /** Closes all open connections (FIN), as a server does with idle ones. New ones are accepted. */
  hangUp(): void;
  /** While on, new connections are refused (ECONNREFUSED); open ones stay up. */
  refuse(on: boolean): Promise<void>;
}

/** Sees the bytes going one way on one connection, and may delay, change or drop them. @param connection counts from 1 */
export type FlowFilter = (direction: Direction, connection: number) => Transform | undefined;

/** Stands between a client and a server, and fails the way networks fail. */
export async function startTcpProxy(
  target: { readonly host?: string; readonly port: number },
  filter?: FlowFilter,
): Promise<TcpProxy> {
  const [port = 0] = await freePorts(1);
  const frozen = new Set<Direction>();
  const flows = new Set<Flow>();
  /** Connections that closed while frozen: the other side learns of it when the proxy thaws. */
  const untold: (() => void)[] = [];
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const { host = '127.0.0.1', port: targetPort } = target;
    const upstream = connect({ host, port: targetPort, allowHalfOpen: true, noDelay: true });
    accepted += 1;
    const both: Flow[] = [
      { direction: 'to-server', from: client, to: upstream, into: upstream },
      { direction: 'to-client', from: upstream, to: client, into: client },
    ];
    for (const flow of both) {
      flows.add(flow);
      const through = filter?.(flow.direction, accepted);
      if (through !== undefined) {
        through.on('error', () => resetSocket(flow.to));
        through.pipe(flow.to);
        flow.into = through;
      }
      // `close` follows and does the work.
      flow.from.on('error', () => {});
      flow.from.on('close', (hadError) => {
        const passOn = () => {
          flows.delete(flow);
          if (hadError) resetSocket(flow.to);
          else if (!flow.from.readableEnded) flow.to.destroy();
        };
        if (frozen.has(flow.direction)) untold.push(passOn);
        else passOn();
      });
      if (!frozen.has(flow.direction)) flow.from.pipe(flow.into);
    }
  });
  const listen = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stopListening = () => {
    if (server.listening) server.close();
  };
  const cut = () => {
    for (const { from } of flows) resetSocket(from);
  };
  await listen();

  return {
    port,
    get connections() {
      return flows.size / 2;
    },
    freeze: (...directions) => {
      for (const direction of directions.length > 0 ? directions : (['to-server', 'to-client'] as const)) {
        frozen.add(direction);
        for (const flow of flows) if (flow.direction === direction) flow.from.unpipe(flow.into);
      }
    },
    thaw: () => {
      // Only what was frozen: a flow that is piped twice delivers everything twice.
      for (const { direction, from, into } of flows) if (frozen.has(direction)) from.pipe(into);
      frozen.clear();
      for (const passOn of untold.splice(0)) passOn();
    },
    cut,
    hangUp: () => {
      for (const { from } of flows) from.destroy();
    },
    refuse: async (on) => {
      if (on) stopListening();
      else if (!server.listening) await listen();
    },
    [Symbol.asyncDispose]: async () => {
      stopListening();
      cut();
    },
  };
}

interface Flow {
  readonly direction: Direction;
  readonly from: Socket;
  readonly to: Socket;
  /** `to`, or the filter before it. */
  into: NodeJS.WritableStream;
}
