/**
 * The floor: the same job with as little code as possible. It fetches in parallel, writes everything ready in one statement with one
 * parameter into the same tables of orders and lines, and acks after the commit. It has no ledger, retries,
 * log, validation or clean stop: the difference to order-sync is their price.
 */
import { type ConsumeMessage, connect } from 'amqplib';
import { Client } from 'pg';
import { Pool } from 'undici';
import { settings } from './script-settings.ts';
import { UPSERT } from './upsert.ts';

const { brokerUrl, queue, shopUrl, databaseUrl, concurrency } = settings();

const database = new Client(databaseUrl);
await database.connect();
const shop = new Pool(shopUrl, { connections: concurrency });
const channel = await (await connect(brokerUrl)).createChannel();
await channel.prefetch(2 * concurrency);

const ready: { message: ConsumeMessage; order: unknown }[] = [];
let isWriting = false;

await channel.consume(queue, (message) => void take(message));

async function take(message: ConsumeMessage | null): Promise<void> {
  if (message === null) throw new Error('the queue was deleted');
  const { orderNumber }: { orderNumber: string } = JSON.parse(message.content.toString());
  const { body } = await shop.request({ method: 'GET', path: `/orders/${orderNumber}` });
  ready.push({ message, order: await body.json() });
  if (!isWriting) await writeAll();
}

async function writeAll(): Promise<void> {
  isWriting = true;
  while (ready.length > 0) {
    const batch = ready.splice(0);
    await database.query({ name: 'upsert', text: UPSERT, values: [JSON.stringify(batch.map(({ order }) => order))] });
    for (const { message } of batch) channel.ack(message);
  }
  isWriting = false;
}
