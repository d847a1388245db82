import type { Connection } from 'amqplib';

/** The parts of amqplib's connection that its types leave out. */
interface Receiver {
  /** Bytes received and not parsed yet. */
  rest: Buffer;
  recvFrame(): unknown;
}

/**
 * Lets a message through whose headers amqplib cannot parse: a few thousand nested tables overflow its stack. That would
 * end the connection, the broker would deliver the message again, and so on forever, with every order waiting behind it.
 * Now it arrives without headers and properties, and is settled like any other.
 */
export function surviveUnreadableHeaders(connection: Connection): void {
  const receiver = connection as Connection & Partial<Receiver>;
  if (!isReceiver(receiver)) return;
  const receive = receiver.recvFrame.bind(receiver);
  receiver.recvFrame = () => {
    // When parsing fails, the whole frame is at the start of these bytes: until it is, amqplib only reads more.
    const bytes = receiver.rest;
    try {
      return receive();
    } catch (error) {
      if (!(error instanceof RangeError) || bytes[0] !== CONTENT_HEADER) throw error;
      return bareHeader(bytes);
    }
  };
}

function isReceiver(connection: Connection & Partial<Receiver>): connection is Connection & Receiver {
  return Buffer.isBuffer(connection.rest) && typeof connection.recvFrame === 'function';
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

const CONTENT_HEADER = 2;
