import { Transform } from 'node:stream';
import {
  bodySize,
  deliveryOf,
  type Frame,
  FrameSplitter,
  hasContent,
  messageIdOf,
  methodName,
  routingKeyOf,
  settlementOf,
} from '../../test/helpers/network/amqp-frames.ts';
import { type Direction, startTcpProxy, type TcpProxy } from '../../test/helpers/network/tcp-proxy.ts';

/** One AMQP method on the wire, with its message if it has one. */
export interface AmqpStep {
  readonly direction: Direction;
  /** Numbers the connections through the proxy, from 1. */
  readonly connection: number;
  readonly channel: number;
  /** Such as `basic.ack`; for methods that don't matter here, their number. */
  readonly method: string;
  /** The delivery tag, for deliveries and settlements. */
  readonly tag?: number;
  readonly multiple?: boolean;
  readonly redelivered?: boolean;
  /** For publishes and deliveries. */
  readonly routingKey?: string;
  /** For methods with a message. */
  readonly messageId?: string | undefined;
}

/** Forward the step, drop it, or reset the connection, before or after forwarding it. */
export type Verdict = 'pass' | 'drop' | 'cut' | 'cut-after';

/** May take as long as it likes: everything behind the step on this connection waits. */
export type Intercept = (step: AmqpStep) => Verdict | undefined | Promise<Verdict | undefined>;

export interface AmqpProxy extends TcpProxy {
  /** The newest rule is asked first, and the first verdict counts. @returns removes the rule */
  intercept(rule: Intercept): () => void;
  /** Forwards everything in slices of one byte, this many a second; undefined is full speed. */
  slowDown(bytesPerSecond: number | undefined): void;
}

/** Stands between a client and RabbitMQ, and understands AMQP. */
export async function startAmqpProxy(target: { readonly host?: string; readonly port: number }): Promise<AmqpProxy> {
  const rules: Intercept[] = [];
  let bytesPerSecond: number | undefined;
  const judge = async (step: AmqpStep): Promise<Verdict> => {
    for (const rule of rules) {
      const verdict = await rule(step);
      if (verdict !== undefined) return verdict;
    }
    return 'pass';
  };
  const proxy = await startTcpProxy(target, (direction, connection) => {
    const flow = new MethodFlow(direction, connection);
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        void (async () => {
          for (const { step, bytes } of flow.push(chunk)) {
            const verdict = step === undefined ? 'pass' : await judge(step);
            if (verdict === 'pass' || verdict === 'cut-after') await sendSlowly(this, bytes, () => bytesPerSecond);
            if (verdict === 'cut' || verdict === 'cut-after') setTimeout(() => proxy.cut(), verdict === 'cut' ? 0 : 5);
            if (verdict === 'cut') return;
          }
          done();
        })().catch(done);
      },
    });
  });
  return Object.assign(proxy, {
    intercept: (rule: Intercept) => {
      rules.unshift(rule);
      return () => void rules.splice(rules.indexOf(rule), 1);
    },
    slowDown: (rate: number | undefined) => {
      bytesPerSecond = rate;
    },
  });
}

async function sendSlowly(to: Transform, bytes: Buffer, rate: () => number | undefined): Promise<void> {
  for (let sent = 0; sent < bytes.length; ) {
    const bytesPerSecond = rate();
    if (bytesPerSecond === undefined) {
      to.push(bytes.subarray(sent));
      return;
    }
    // Timers are too coarse for single bytes, so send a few at a time, each in a packet of its own.
    for (const end = sent + Math.max(1, bytesPerSecond / 100); sent < end && sent < bytes.length; sent += 1)
      to.push(bytes.subarray(sent, sent + 1));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One direction of one connection. Joins the frames of a method and its message, which other channels may interleave. */
class MethodFlow {
  readonly #direction: Direction;
  readonly #connection: number;
  readonly #splitter = new FrameSplitter();
  readonly #unfinished = new Map<number, Unfinished>();

  constructor(direction: Direction, connection: number) {
    this.#direction = direction;
    this.#connection = connection;
  }

  push(chunk: Buffer): { step: AmqpStep | undefined; bytes: Buffer }[] {
    return this.#splitter.push(chunk).flatMap((frame) => this.#take(frame) ?? []);
  }

  #take(frame: Frame): { step: AmqpStep | undefined; bytes: Buffer } | undefined {
    if (frame.kind === 'method') {
      const method = methodName(frame);
      if (!hasContent(method)) return { step: this.#step(method, frame), bytes: frame.bytes };
      this.#unfinished.set(frame.channel, { method, frame, header: undefined, missing: 0, parts: [frame.bytes] });
      return undefined;
    }
    const unfinished = this.#unfinished.get(frame.channel);
    if (unfinished === undefined || frame.kind === 'heartbeat') return { step: undefined, bytes: frame.bytes };
    unfinished.parts.push(frame.bytes);
    if (frame.kind === 'content-header') {
      unfinished.header = frame;
      unfinished.missing = bodySize(frame);
    } else unfinished.missing -= frame.payload.length;
    if (unfinished.missing > 0) return undefined;
    this.#unfinished.delete(frame.channel);
    const { method, header, parts } = unfinished;
    const messageId = header === undefined ? undefined : messageIdOf(header);
    return { step: { ...this.#step(method, unfinished.frame), messageId }, bytes: Buffer.concat(parts) };
  }

  #step(method: string, frame: Frame): AmqpStep {
    return {
      direction: this.#direction,
      connection: this.#connection,
      channel: frame.channel,
      method,
      ...argumentsOf(method, frame),
    };
  }
}

interface Unfinished {
  readonly method: string;
  readonly frame: Frame;
  header: Frame | undefined;
  missing: number;
  readonly parts: Buffer[];
}

function argumentsOf(method: string, frame: Frame): Partial<AmqpStep> {
  switch (method) {
    case 'basic.deliver':
    case 'basic.get-ok':
      return deliveryOf(method, frame);
    case 'basic.ack':
    case 'basic.nack':
    case 'basic.reject':
      return settlementOf(frame);
    case 'basic.publish':
      return { routingKey: routingKeyOf(frame) };
    default:
      return {};
  }
}
