import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Behind the protocol header, AMQP is frames: type, channel, payload size, payload, end mark. */
const PROTOCOL_HEADER_LENGTH = 8;
const FRAME_HEAD_LENGTH = 7;
const METHOD_FRAME = 1;
/** Class 60, method 80, as the payload begins. */
const BASIC_ACK = 0x003c0050;

export interface AckWatch extends AsyncDisposable {
  /** The broker's URL through this proxy. */
  readonly url: string;
  /** Resolves when a client sends its first ack, to that time on `performance.now()`'s clock. */
  readonly firstAck: Promise<number>;
}

/** A proxy in front of the broker that notices the first ack, whoever the client is. */
export async function watchForAck(brokerUrl: string): Promise<AckWatch> {
  const target = new URL(brokerUrl);
  const sockets = new Set<Socket>();
  const firstAck = Promise.withResolvers<number>();
  const server = createServer({ noDelay: true }, (client) => {
    const broker = connect({ host: target.hostname, port: Number(target.port || 5672), noDelay: true });
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    const hasAck = ackFinder();
    client.on('data', (bytes: Buffer) => {
      if (hasAck(bytes)) firstAck.resolve(performance.now());
    });
    client.pipe(broker).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    firstAck: firstAck.promise,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Takes a connection's bytes as they come. @returns true for those that end with, or hold, an ack's beginning */
function ackFinder(): (bytes: Buffer) => boolean {
  let pending = Buffer.alloc(0);
  let start = PROTOCOL_HEADER_LENGTH;
  return (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    let found = false;
    while (pending.length >= start + FRAME_HEAD_LENGTH + 4) {
      const isMethod = pending[start] === METHOD_FRAME;
      found ||= isMethod && pending.readUInt32BE(start + FRAME_HEAD_LENGTH) === BASIC_ACK;
      start += FRAME_HEAD_LENGTH + pending.readUInt32BE(start + 3) + 1;
    }
    const passed = Math.min(start, pending.length);
    pending = pending.subarray(passed);
    start -= passed;
    return found;
  };
}
