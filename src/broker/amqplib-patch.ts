import { createRequire } from 'node:module';

/** The parts of amqplib's connection that its types leave out. */
interface Connection {
  /** Bytes received and not parsed yet. */
  rest: Buffer;
  recvFrame(): unknown;
  open(fields: unknown, done: (error: Error | null, ok?: unknown) => void): void;
}

/**
 * Mends two things in amqplib:
 *
 * - A message whose headers it cannot parse: a few thousand nested tables overflow its stack. That would end the connection,
 *   the broker would deliver the message again, and so on forever, with every order waiting behind it. Now it arrives without
 *   headers and properties, and is settled like any other.
 * - A broker that closes the connection while it is being opened says why, and amqplib drops the reason. Now the error has it.
 */
export function patchAmqplib(): void {
  const requireInside = createRequire(import.meta.resolve('amqplib'));
  const { prototype } = (requireInside('./lib/connection') as { Connection: { prototype: Connection } }).Connection;
  const { open } = prototype;
  prototype.open = function openPatched(fields, done) {
    let closing: CloseFrame | undefined;
    const receive = this.recvFrame.bind(this);
    this.recvFrame = () => {
      // When parsing fails, the whole frame is at the start of these bytes: until it is, amqplib only reads more.
      const bytes = this.rest;
      try {
        const frame = receive();
        if (isClose(frame)) closing = frame;
        return frame;
      } catch (error) {
        if (!(error instanceof RangeError) || bytes[0] !== CONTENT_HEADER) throw error;
        return bareHeader(bytes);
      }
    };
    open.call(this, fields, (error, ok) => done(error === null ? null : closedBecause(closing, error), ok));
  };
}

interface CloseFrame {
  readonly id: number;
  readonly fields: { readonly replyCode: number; readonly replyText: string };
}

/** `connection.close`: class 10, method 50. */
const CONNECTION_CLOSE = (10 << 16) | 50;
const CONTENT_HEADER = 2;

function isClose(frame: unknown): frame is CloseFrame {
  return typeof frame === 'object' && frame !== null && 'id' in frame && frame.id === CONNECTION_CLOSE;
}

function closedBecause(closing: CloseFrame | undefined, error: Error): Error {
  if (closing === undefined) return error;
  const { replyCode, replyText } = closing.fields;
  return Object.assign(new Error(replyText, { cause: error }), { code: replyCode });
}

/** What amqplib would return for a message without headers. Layout: type, channel, length; class, weight, body size. */
function bareHeader(bytes: Buffer): unknown {
  return {
    id: bytes.readUInt16BE(7),
    channel: bytes.readUInt16BE(1),
    size: Number(bytes.readBigUInt64BE(11)),
    fields: { headers: {} },
  };
}
