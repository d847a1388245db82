import { Transform } from 'node:stream';
import { FrameSplitter, methodName } from '../../test/helpers/network/amqp-frames.ts';
import { startTcpProxy } from '../../test/helpers/network/tcp-proxy.ts';

export interface AckWatch extends AsyncDisposable {
  /** The broker's URL, through the proxy. */
  readonly url: string;
  /** When a client sends its first ack, by `performance.now()`. */
  readonly firstAck: Promise<number>;
}

/** A proxy in front of the broker that notices the first ack, from any client. */
export async function watchForAck(brokerUrl: string): Promise<AckWatch> {
  const url = new URL(brokerUrl);
  const firstAck = Promise.withResolvers<number>();
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5672) }, (direction) =>
    direction === 'to-server' ? ackFinder(() => firstAck.resolve(performance.now())) : undefined,
  );
  url.host = `127.0.0.1:${proxy.port}`;
  return {
    url: url.href,
    firstAck: firstAck.promise,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

/** Passes on everything at once, and reports the acks in it. */
function ackFinder(onAck: () => void): Transform {
  const splitter = new FrameSplitter();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const frames = splitter.push(chunk);
      if (frames.some((frame) => frame.kind === 'method' && methodName(frame) === 'basic.ack')) onAck();
      done(null, chunk);
    },
  });
}
