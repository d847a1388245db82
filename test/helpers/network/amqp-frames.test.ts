import { expect, test } from 'vitest';
import { deliveryOf, FrameSplitter, messageIdOf, methodName, settlementOf } from './amqp-frames.ts';

const ACK = Buffer.from('0100010000000d003c0050000000000000000701ce', 'hex');
const HEARTBEAT = Buffer.from('08000000000000ce', 'hex');

test('splits a stream into whole frames, however it is chunked', () => {
  const splitter = new FrameSplitter();
  const bytes = Buffer.concat([Buffer.from('AMQP\0\0\x09\x01', 'latin1'), ACK, HEARTBEAT, ACK]);
  const frames = [...bytes].flatMap((byte) => splitter.push(Buffer.from([byte])));
  expect(frames.map(({ kind }) => kind)).toEqual(['header', 'method', 'heartbeat', 'method']);
  expect(Buffer.concat(frames.map((frame) => frame.bytes))).toEqual(bytes);
});

test('reads the tag of an ack', () => {
  const [frame] = new FrameSplitter().push(ACK);
  if (frame === undefined) throw new Error('no frame');
  expect([methodName(frame), settlementOf(frame)]).toEqual(['basic.ack', { tag: 7, multiple: true }]);
});

test('reads tag, redelivery and routing key of a delivery', () => {
  const shortString = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  const tagAndFlag = Buffer.from([0, 0, 0, 0, 0, 0, 0, 9, 1]);
  const rest = Buffer.concat([tagAndFlag, shortString('orders'), shortString('orders.dead-letters')]);
  const expected = { tag: 9, redelivered: true, routingKey: 'orders.dead-letters' };
  const frame = (method: string, payload: Buffer) =>
    deliveryOf(method, { kind: 'method', channel: 1, payload, bytes: payload });
  expect(frame('basic.get-ok', Buffer.concat([Buffer.alloc(4), rest]))).toEqual(expected);
  expect(frame('basic.deliver', Buffer.concat([Buffer.alloc(4), shortString('consumer'), rest]))).toEqual(expected);
});

test('finds the message id behind headers and other properties', () => {
  const shortString = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  const headers = Buffer.from('0000000541780000'.slice(0, 8), 'hex');
  const parts = [shortString('application/json'), headers, Buffer.from('ignored'.slice(0, 5)), Buffer.from([2])];
  const flags = Buffer.from([0b10110000, 0b10000000]);
  const properties = Buffer.concat([flags, ...parts, shortString('paid-1')]);
  const payload = Buffer.concat([Buffer.alloc(12), properties]);
  expect(messageIdOf({ kind: 'content-header', channel: 1, payload, bytes: payload })).toBe('paid-1');
});
