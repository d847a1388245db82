import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Transform } from 'node:stream';
import { freePorts } from '../../../scripts/setup/free-ports.mjs';

/** What flows: what the client says, or what the server answers. */
export type Direction = 'to-server' | 'to-client';

export interface TcpProxy extends AsyncDisposable {
  /** On 127.0.0.1. Stays the same. */
  readonly port: number;
  /** Connections open now. */
  readonly connections: number;
  /** Stops forwarding, without a word to either side, also for connections still to come: a black hole. Both ways by default. */
  freeze(...directions: Direction[]): void;
  /** Forwards again, and first what has piled up. */
  thaw(): void;
  /** Resets all open connections. New ones are taken. */
  cut(): void;
  /** While on, new connections are refused (ECONNREFUSED); open ones go on. */
  refuse(on: boolean): Promise<void>;
}

/** Looks at what flows one way on one connection, and may hold, change or swallow it. @param connection counts from 1 */
export type FlowFilter = (direction: Direction, connection: number) => Transform | undefined;

/** Stands between a client and a server on this machine and plays the network's tricks. */
export async function startTcpProxy(
  target: { readonly host?: string; readonly port: number },
  filter?: FlowFilter,
): Promise<TcpProxy> {
  const [port = 0] = await freePorts(1);
  const frozen = new Set<Direction>();
  const flows = new Set<Flow>();
  /** Ends of connections that the other side has not been told of, because nothing is forwarded. */
  const untold: (() => void)[] = [];
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true });
    accepted += 1;
    const both: Flow[] = [
      { direction: 'to-server', from: client, to: upstream, into: upstream },
      { direction: 'to-client', from: upstream, to: client, into: client },
    ];
    for (const flow of both) {
      flows.add(flow);
      const through = filter?.(flow.direction, accepted);
      if (through !== undefined) {
        through.on('error', () => flow.to.resetAndDestroy());
        through.pipe(flow.to);
        flow.into = through;
      }
      // Its `close` follows, and does what is to be done.
      flow.from.on('error', () => {});
      flow.from.on('close', (hadError) => {
        const passOn = () => {
          flows.delete(flow);
          if (hadError) flow.to.resetAndDestroy();
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
  const hangUp = () => {
    if (server.listening) server.close();
  };
  const cut = () => {
    for (const { from } of flows) from.resetAndDestroy();
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
      // Piped twice, all would arrive twice.
      for (const { direction, from, into } of flows) if (frozen.has(direction)) from.pipe(into);
      frozen.clear();
      for (const passOn of untold.splice(0)) passOn();
    },
    cut,
    refuse: async (on) => {
      if (on) hangUp();
      else if (!server.listening) await listen();
    },
    [Symbol.asyncDispose]: async () => {
      hangUp();
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
