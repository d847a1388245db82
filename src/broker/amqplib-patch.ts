import type { Connection } from 'amqplib';

/** What we need to know of amqplib's own connection, which its types don't tell. */
interface Receiver {
  /** Bytes received and not taken apart yet. */
  rest: Buffer;
  recvFrame(): unknown;
}

/**
 * Lets a message come through whose headers amqplib cannot take apart: some thousand tables within each other overflow its
 * stack. It would end the connection, the broker would deliver the message again, and so on for ever, with every order
 * behind it waiting. Now it comes without headers and properties, and is settled like any other.
 */
export function surviveUnreadableHeaders(connection: Connection): void {
  const receiver = connection as Connection & Partial<Receiver>;
  if (!isReceiver(receiver)) return;
  const receive = receiver.recvFrame.bind(receiver);
  receiver.recvFrame = () => {
    // Whenever taking apart fails, the whole frame was at the beginning of these: until it is, more is read first.
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

/** The frame as amqplib would have returned it, had the message no headers: type, channel, length; class, weight, body size. */
function bareHeader(bytes: Buffer): unknown {
  return {
    id: bytes.readUInt16BE(7),
    channel: bytes.readUInt16BE(1),
    size: Number(bytes.readBigUInt64BE(11)),
    fields: { headers: {} },
  };
}

const CONTENT_HEADER = 2;
