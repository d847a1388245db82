/**
 * The floor: the same job with as little code as possible. It fetches in parallel, writes everything ready in one statement with one
 * parameter into the same tables of orders and lines, and acks after the commit. It has no ledger, retries,
 * log, validation or clean stop: the difference to order-sync is their price.
 */
import { type ConsumeMessage, connect } from 'amqplib';
import { Client } from 'pg';
import { Pool } from 'undici';
import { settings } from './script-settings.ts';

const { brokerUrl, queue, shopUrl, databaseUrl, concurrency } = settings();

const UPSERT = `
  WITH given AS MATERIALIZED (SELECT o FROM jsonb_array_elements($1::jsonb) AS o), saved AS (
    INSERT INTO orders (shop, content_hash, fetched_at, synced_at, order_number, shop_order_id, status, currency, grand_total,
        items_total, shipping_total, tax_total, discount_total, refunded_total, placed_at, paid_at, cancelled_at, updated_at,
        buyer_name, document)
    SELECT 'shop', '', now(), now(), o->>'orderNumber', o->>'shopOrderId', o->>'status', o->>'currency',
        (o->'totals'->>'grand')::numeric, (o->'totals'->>'items')::numeric, (o->'totals'->>'shipping')::numeric,
        (o->'totals'->>'tax')::numeric, (o->'totals'->>'discount')::numeric, (o->'totals'->>'refunded')::numeric,
        (o->>'placedAt')::timestamptz, (o->>'paidAt')::timestamptz, (o->>'cancelledAt')::timestamptz,
        (o->>'updatedAt')::timestamptz, o->'buyer'->>'name', o
      FROM given
    ON CONFLICT (shop, order_number) DO UPDATE SET status = excluded.status, grand_total = excluded.grand_total,
        updated_at = excluded.updated_at, document = excluded.document)
  INSERT INTO order_lines (shop, order_number, line_no, line_id, sku, name, quantity, unit_price, discount, tax, line_total)
  SELECT 'shop', o->>'orderNumber', no, l->>'lineId', l->>'sku', l->>'name', (l->>'quantity')::numeric,
      (l->>'unitPrice')::numeric, (l->>'discount')::numeric, (l->>'tax')::numeric, (l->>'lineTotal')::numeric
    FROM given CROSS JOIN LATERAL jsonb_array_elements(o->'lines') WITH ORDINALITY AS each (l, no)
  ON CONFLICT (shop, order_number, line_no) DO UPDATE SET sku = excluded.sku, name = excluded.name,
      quantity = excluded.quantity, unit_price = excluded.unit_price, line_total = excluded.line_total`;

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
