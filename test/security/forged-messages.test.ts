import { expect, test } from 'vitest';
import { aBystander, type Bystander } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { field, publishRaw } from './helpers/raw-message.ts';

/** Anyone who may publish can set any header and property. None may change the outcome or block an event. */

const FAILURES = 'x-order-sync-failures';
const { entry } = field;

/** Header tables that no client sends by accident, as bytes on the wire. */
const TABLES: Readonly<Record<string, Buffer>> = {
  'attempts below zero': entry(FAILURES, field.double(-1)),
  'attempts of a billion': entry(FAILURES, field.double(1e9)),
  'half an attempt': entry(FAILURES, field.double(1.5)),
  'attempts as text': entry(FAILURES, field.text('NaN')),
  'attempts in __proto__': entry('__proto__', field.table(entry(FAILURES, field.double(1)))),
  '__proto__ and constructor': Buffer.concat([
    entry('__proto__', field.text('x')),
    entry('constructor', field.table(entry('prototype', field.table(entry('polluted', field.text('yes')))))),
  ]),
  '__proto__ within a header': entry('a', field.table(entry('__proto__', field.table(entry('b', field.text('c')))))),
  'a routing key that is no text': entry('x-order-sync-routing-key', field.double(7)),
  'an endless routing key': entry('x-order-sync-routing-key', field.text('order.'.repeat(5_000))),
  'types that are no text': Buffer.concat([
    entry('type', field.double(7)),
    entry('__TypeId__', field.bytes(Buffer.alloc(9))),
  ]),
  'types that are not known': Buffer.concat([
    entry('type', field.text('__proto__')),
    entry('task', field.text('constructor')),
  ]),
  'the envelope of a CloudEvent': Buffer.concat([
    entry('cloudEvents:type', field.table(entry('a', field.text('b')))),
    entry('ce-subject', field.text('another-order')),
  ]),
  'a number too large for an integer': entry('n', field.double(-1e300)),
  'a large fraction': entry('n', field.double(2 ** 50 + 0.5)),
  'a time beyond the calendar': entry('t', field.timestamp(2n ** 64n - 1n)),
  'a table that looks typed': entry('x', field.table(entry('!', field.text('bogus')))),
  'a decimal that is not one': entry(
    'x',
    field.table(entry('!', field.text('decimal')), entry('value', field.text('1'))),
  ),
  'a name that is not UTF-8': entry(Buffer.alloc(200, 0xff), field.text('x')),
  'text that is not UTF-8': entry('c', field.text(Buffer.alloc(30_000, 0xff))),
  'almost 64 KiB': entry('c', field.text('a'.repeat(65_000))),
  'more than 64 KiB': entry('c', field.bytes(Buffer.alloc(120_000))),
  'a thousand headers': Buffer.concat(
    Array.from({ length: 1000 }, (_, index) => entry(`header-${index}`, field.text('x'.repeat(50)))),
  ),
  'lists within lists': entry('d', field.nestedLists(2_000)),
  'lists that overflow the stack': entry('d', field.nestedLists(20_000)),
};

const NAMES = Object.keys(TABLES);

test('with any headers, the order is synced at its first attempt and on the same connection', async () => {
  const orders = NAMES.map((_, index) => anOrderDocument({ orderNumber: `order-${index}` }));
  const { bystander, workplace, daemon } = await aRunningDaemon(orders);
  for (const [index, entries] of Object.values(TABLES).entries()) {
    await publishRaw(workplace.queue, `order-${index}`, entries);
  }
  await expect.poll(() => daemon.outcomes().length).toBe(NAMES.length);
  expect(attempts(daemon)).toEqual(NAMES.map((name) => [name, 'synced 1']));
  expect(storedOrders(workplace.database)).toHaveLength(NAMES.length);
  await settledEverything(bystander, workplace, daemon, 0);
});

test('with any headers, attempts are counted from one and end in a dead letter', async () => {
  const { bystander, workplace, daemon } = await aRunningDaemon([anOrderDocument({ orderNumber: 'other' })]);
  for (const [index, entries] of Object.values(TABLES).entries()) {
    await publishRaw(workplace.queue, `unknown-${index}`, entries);
  }
  await expect.poll(() => daemon.outcomes().length).toBe(NAMES.length * 3);
  expect(attempts(daemon)).toEqual(NAMES.map((name) => [name, 'retrying 1', 'retrying 2', 'dead-lettered 3']));
  await settledEverything(bystander, workplace, daemon, NAMES.length);
});

test('headers and properties with a meaning for the broker are dropped: no copies, no expiry, no foreign user', async () => {
  const { bystander, workplace, daemon } = await aRunningDaemon([]);
  const { queue: elsewhere } = await bystander.channel.assertQueue('', { exclusive: true });
  await bystander.publish(workplace.queue, 'not an order number', {
    CC: elsewhere,
    BCC: elsewhere,
    headers: { 'x-death': [{ count: 99, queue: workplace.queue, reason: 'rejected' }] },
    expiration: '60000',
    userId: new URL(process.env['RABBITMQ_URL'] ?? 'amqp://guest@127.0.0.1').username,
    replyTo: elsewhere,
    priority: 255,
    timestamp: 2 ** 53 - 1,
    contentEncoding: 'gzip',
    messageId: '王'.repeat(85),
  });
  // CC and BCC made the copy that the publisher wanted (one, as it is one queue). There must be no further copies.
  await expect.poll(() => bystander.messages(elsewhere)).toBe(1);
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  await settledEverything(bystander, workplace, daemon, 1);
  expect(await bystander.messages(elsewhere)).toBe(1);
  const deadLetter = await bystander.channel.get(`${workplace.queue}.dead-letters`, { noAck: true });
  if (deadLetter === false) throw new Error('no dead letter');
  expect(deadLetter.properties).toMatchObject({ expiration: undefined, userId: undefined, messageId: '王'.repeat(85) });
  const names = Object.keys({ ...deadLetter.properties.headers });
  expect(names.filter((name) => !name.startsWith('x-order-sync-'))).toEqual([]);
});

async function aRunningDaemon(orders: OrderDocument[]) {
  const shop = await aShop({ orders });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  return { workplace, daemon, bystander: await aBystander() };
}

/** The outcomes of each table's message, in order. */
function attempts(daemon: DaemonProcess): string[][] {
  const lines = daemon.lines.filter((line) => line['outcome'] !== undefined);
  return NAMES.map((name, index) => {
    const own = lines.filter((line) => String(line['orderNumber'] ?? line['reference']).endsWith(`-${index}`));
    return [name, ...own.map((line) => `${String(line['outcome'])} ${String(line['attempt'])}`)];
  });
}

/** Nothing is left in the queue or in flight, and no connection was lost on the way. */
async function settledEverything(
  bystander: Bystander,
  workplace: Workplace,
  daemon: DaemonProcess,
  deadLetters: number,
): Promise<void> {
  expect(daemon.lines.filter((line) => line.msg.startsWith('RabbitMQ is down'))).toEqual([]);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
  expect(await bystander.messages(workplace.queue)).toBe(0);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(deadLetters);
}
