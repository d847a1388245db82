import { connect } from 'amqplib';
import { onTestFinished } from 'vitest';
import { BROKER_URL } from '../../helpers/broker.ts';

/** AMQP field values as bytes on the wire. amqplib reads much that it cannot write, and an attacker need not use it. */
export const field = {
  double: (value: number) => tagged('d', 8, (bytes) => bytes.writeDoubleBE(value, 1)),
  timestamp: (value: bigint) => tagged('T', 8, (bytes) => bytes.writeBigUInt64BE(value, 1)),
  text: (value: string | Buffer) => long('S', Buffer.from(value)),
  bytes: (value: Buffer) => long('x', value),
  table: (...entries: Buffer[]) => long('F', Buffer.concat(entries)),
  entry: (name: string | Buffer, value: Buffer) => Buffer.concat([short(Buffer.from(name)), value]),
  /** This many lists, one inside the other. */
  nestedLists: (levels: number) => {
    const bytes = Buffer.alloc(levels * 5 + 1, 'V');
    for (let level = 0; level < levels; level++) {
      bytes.write('A', level * 5);
      bytes.writeUInt32BE(bytes.length - (level + 1) * 5, level * 5 + 1);
    }
    return bytes;
  },
};

/** Publishes one message with these bytes as the entries of its header table. Resolves once the broker has it. */
export async function publishRaw(queue: string, content: string, entries: Buffer): Promise<void> {
  const model = await connect(BROKER_URL);
  model.on('error', () => undefined);
  onTestFinished(() => model.close().catch(() => undefined));
  const channel = await model.createConfirmChannel();
  const { ch: id } = channel as typeof channel & { ch: number };
  const { stream } = model.connection as { stream?: NodeJS.WritableStream };
  const body = Buffer.from(content);
  const method = [
    uint16(60),
    uint16(40),
    uint16(0),
    short(Buffer.alloc(0)),
    short(Buffer.from(queue)),
    Buffer.from([0]),
  ];
  const header = [uint16(60), uint16(0), uint32(0), uint32(body.length), uint16(HEADERS_FLAG), sized(entries)];
  stream?.write(Buffer.concat([frame(1, id, method), frame(2, id, header), frame(3, id, [body])]));
  // The broker handles a channel's methods in order: when it answers this one, it has the message.
  await channel.checkQueue(queue);
}

const HEADERS_FLAG = 1 << 13;

function frame(type: number, channel: number, payload: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([type]), uint16(channel), sized(Buffer.concat(payload)), Buffer.from([0xce])]);
}

function tagged(tag: string, size: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(1 + size, tag);
  write(bytes);
  return bytes;
}

function long(tag: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from(tag), sized(value)]);
}

function sized(value: Buffer): Buffer {
  return Buffer.concat([uint32(value.length), value]);
}

function short(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([value.length]), value]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
