import { expect, test } from 'vitest';
import type { Delivery } from '../../src/index.ts';
import { aBystander, aRabbit } from '../helpers/broker.ts';

const numbers = ['1', '2', '3', '4', '5', '6'];

/** Six deliveries in hand. */
async function sixDeliveries() {
  const rabbit = aRabbit();
  await rabbit.open();
  const deliveries: Delivery[] = [];
  await rabbit.subscribe((delivery) => void deliveries.push(delivery));
  for (const number of numbers) await rabbit.send(number);
  await expect.poll(() => deliveries.length).toBe(6);
  const settle = (how: 'ack' | 'requeue', number: number) => deliveries[number - 1]?.[how]();
  const left = async () => {
    await rabbit.close();
    return (await (await aBystander()).drain(rabbit.queue)).map((message) => message.content).sort();
  };
  return { settle, left };
}

test('acks leave together, and never for a delivery between them that is not settled', async () => {
  const { settle, left } = await sixDeliveries();
  for (const number of [2, 1, 4, 6]) settle('ack', number);
  expect(await left()).toEqual(['3', '5']);
});

test('acks of one turn and of the next, with all before them settled', async () => {
  const { settle, left } = await sixDeliveries();
  settle('ack', 3);
  await new Promise((resolve) => setImmediate(resolve));
  settle('ack', 1);
  settle('ack', 2);
  await new Promise((resolve) => setImmediate(resolve));
  settle('ack', 4);
  expect(await left()).toEqual(['5', '6']);
});

test('what was requeued is not acked by the acks after it', async () => {
  const { settle, left } = await sixDeliveries();
  settle('ack', 1);
  settle('requeue', 2);
  for (const number of [3, 4, 5, 6]) settle('ack', number);
  expect(await left()).toEqual(['2']);
});
