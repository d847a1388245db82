/**
 * The floor: the same job with as little code as possible. It fetches in parallel, writes everything ready in one statement
 * into the same tables of orders and lines, and acks after the commit. It has no ledger, retries, log, validation or clean
 * stop: the difference to order-sync is their price.
 */
import { type ConsumeMessage, connect } from 'amqplib';
import { Client } from 'pg';
import { Pool } from 'undici';
import { type ShopOrder, settings } from './script-settings.ts';

const { brokerUrl, queue, shopUrl, databaseUrl, concurrency } = settings();

const UPSERT = `
  WITH saved AS (
    INSERT INTO orders (shop, content_hash, fetched_at, synced_at, order_number, shop_order_id, status, currency, grand_total,
        items_total, shipping_total, tax_total, discount_total, refunded_total, placed_at, paid_at, cancelled_at, updated_at, buyer_name, document)
    SELECT 'shop', '', now(), now(), o.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[],
        $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[], $11::timestamptz[], $12::timestamptz[],
        $13::timestamptz[], $14::timestamptz[], $15::text[], $16::jsonb[]) AS o
    ON CONFLICT (shop, order_number) DO UPDATE SET status = excluded.status, grand_total = excluded.grand_total,
        updated_at = excluded.updated_at, document = excluded.document)
  INSERT INTO order_lines (shop, order_number, line_no, line_id, sku, name, quantity, unit_price, discount, tax, line_total)
  SELECT 'shop', l.* FROM unnest($17::text[], $18::integer[], $19::text[], $20::text[], $21::text[], $22::numeric[],
      $23::numeric[], $24::numeric[], $25::numeric[], $26::numeric[]) AS l
  ON CONFLICT (shop, order_number, line_no) DO UPDATE SET sku = excluded.sku, name = excluded.name,
      quantity = excluded.quantity, unit_price = excluded.unit_price, line_total = excluded.line_total`;

const database = new Client(databaseUrl);
await database.connect();
const shop = new Pool(shopUrl, { connections: concurrency });
const channel = await (await connect(brokerUrl)).createChannel();
await channel.prefetch(2 * concurrency);

const ready: { message: ConsumeMessage; order: ShopOrder; document: string }[] = [];
let isWriting = false;

await channel.consume(queue, (message) => void take(message));

async function take(message: ConsumeMessage | null): Promise<void> {
  if (message === null) throw new Error('the queue was deleted');
  const { orderNumber }: { orderNumber: string } = JSON.parse(message.content.toString());
  const { body } = await shop.request({ method: 'GET', path: `/orders/${orderNumber}` });
  const document = await body.text();
  ready.push({ message, order: JSON.parse(document), document });
  if (!isWriting) await writeAll();
}

async function writeAll(): Promise<void> {
  isWriting = true;
  while (ready.length > 0) {
    const batch = ready.splice(0);
    const orders = batch.map(({ order }) => order);
    const lines = orders.flatMap((o) =>
      o.lines.map((l, index) => ({ ...l, orderNumber: o.orderNumber, no: index + 1 })),
    );
    const values = [
      ...[orders.map((o) => o.orderNumber), orders.map((o) => o.shopOrderId), orders.map((o) => o.status)],
      ...[orders.map((o) => o.currency), orders.map((o) => o.totals.grand), orders.map((o) => o.totals.items)],
      ...[orders.map((o) => o.totals.shipping), orders.map((o) => o.totals.tax), orders.map((o) => o.totals.discount)],
      ...[orders.map((o) => o.totals.refunded), orders.map((o) => o.placedAt), orders.map((o) => o.paidAt)],
      ...[orders.map((o) => o.cancelledAt), orders.map((o) => o.updatedAt), orders.map((o) => o.buyer.name)],
      ...[batch.map(({ document }) => document), lines.map((l) => l.orderNumber), lines.map((l) => l.no)],
      ...[lines.map((l) => l.lineId), lines.map((l) => l.sku), lines.map((l) => l.name), lines.map((l) => l.quantity)],
      ...[
        lines.map((l) => l.unitPrice),
        lines.map((l) => l.discount),
        lines.map((l) => l.tax),
        lines.map((l) => l.lineTotal),
      ],
    ];
    await database.query({ name: 'upsert', text: UPSERT, values });
    for (const { message } of batch) channel.ack(message);
  }
  isWriting = false;
}
