import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AckBuffer } from '../../src/broker/ack-buffer.ts';
import { Delivery } from '../../src/broker/delivery.ts';
import { Attempt } from '../../src/delivery/attempt.ts';
import { Blockage } from '../../src/delivery/blockage.ts';
import { OutageDetector } from '../../src/delivery/outage-detector.ts';
import { Settler } from '../../src/delivery/settle.ts';
import { malformed } from '../../src/messages/decode/malformed.ts';

const EVENTS = ['1', '2', '3'].map((reference) => ({ reference, type: 'paid' as const }));

/** What a split did, in order. The broker does not take the event for order 2 unless `takesAll`. */
async function split(options: { takesAll: boolean; problem?: ReturnType<typeof malformed> }) {
  const done: string[] = [];
  const channel = {
    ack: () => done.push('acked'),
    nack: () => done.push('requeued'),
  } as unknown as ConstructorParameters<typeof AckBuffer>[0];
  const fields = { exchange: '', routingKey: 'q', deliveryTag: 7, redelivered: false, messageCount: 0 };
  const message = { content: Buffer.from('…'), fields, properties: { headers: {} } } as ConstructorParameters<
    typeof Delivery
  >[0];
  const delivery = new Delivery(message, new AckBuffer(channel), new AbortController().signal);
  const settler = new Settler({
    rabbit: {
      queue: 'q',
      companion: (name) => name,
      publish: async ({ routingKey }) => void done.push(`published to ${routingKey}`),
      enqueue: async (event) => {
        const { orderNumber } = event as { orderNumber: string };
        await setImmediate();
        if (orderNumber === '2' && !options.takesAll) throw new Error('no confirm');
        done.push(`sent ${orderNumber}`);
      },
    },
    record: async () => [],
    outages: new OutageDetector({ shop: async () => undefined, 'internal-system': async () => undefined }),
    blockage: new Blockage(10),
    retryDelaysMs: [200],
  });
  const attempt = new Attempt(delivery, 1);
  const settlement = await settler.split(delivery, attempt, { events: EVENTS, problem: options.problem }, false);
  await setImmediate();
  return { done, settlement };
}

test('the message is acked once the broker has an event for each order', async () => {
  const { done, settlement } = await split({ takesAll: true });
  expect(done).toEqual(['sent 1', 'sent 2', 'sent 3', 'acked']);
  expect(settlement).toEqual({ outcome: 'split', orders: 3 });
});

test('the message goes to the end of its queue when the broker did not take one of the events', async () => {
  const { done, settlement } = await split({ takesAll: false });
  expect(done).toEqual(['sent 1', 'sent 3', 'published to q', 'acked']);
  expect(settlement).toMatchObject({ outcome: 'requeued', error: { reason: 'broker_unavailable' } });
});

test('the message becomes a dead letter, after its good entries, when others name no order', async () => {
  const { done, settlement } = await split({ takesAll: true, problem: malformed('entry 4 names no order') });
  expect(done).toEqual(['sent 1', 'sent 2', 'sent 3', 'published to q.dead-letters', 'acked']);
  expect(settlement).toMatchObject({ outcome: 'dead-lettered', orders: 3, error: { reason: 'malformed_event' } });
});
