/**
 * The obvious first version: one message, one request, one transaction, one ack, then the next. It does the same as the
 * floor, one order at a time.
 */
import { type ConsumeMessage, connect } from 'amqplib';
import { Client } from 'pg';
import { Pool } from 'undici';
import { settings } from './script-settings.ts';

const { brokerUrl, queue, shopUrl, databaseUrl } = settings();

const UPSERT_ORDER = `
  INSERT INTO orders (shop, content_hash, fetched_at, synced_at, order_number, shop_order_id, status, currency, grand_total,
      items_total, shipping_total, tax_total, discount_total, refunded_total, placed_at, paid_at, cancelled_at, updated_at, buyer_name, document)
  VALUES ('shop', '', now(), now(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  ON CONFLICT (shop, order_number) DO UPDATE SET status = excluded.status, grand_total = excluded.grand_total,
      updated_at = excluded.updated_at, document = excluded.document`;

const UPSERT_LINES = `
  INSERT INTO order_lines (shop, order_number, line_no, line_id, sku, name, quantity, unit_price, discount, tax, line_total)
  SELECT 'shop', $1, l.* FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[],
      $8::numeric[], $9::numeric[], $10::numeric[]) AS l
  ON CONFLICT (shop, order_number, line_no) DO UPDATE SET sku = excluded.sku, name = excluded.name,
      quantity = excluded.quantity, unit_price = excluded.unit_price, line_total = excluded.line_total`;

const database = new Client(databaseUrl);
await database.connect();
const shop = new Pool(shopUrl, { connections: 1 });
const channel = await (await connect(brokerUrl)).createChannel();
await channel.prefetch(1);

await channel.consume(queue, (message) => void take(message));

async function take(message: ConsumeMessage | null): Promise<void> {
  if (message === null) throw new Error('the queue was deleted');
  const { orderNumber }: { orderNumber: string } = JSON.parse(message.content.toString());
  const { body } = await shop.request({ method: 'GET', path: `/orders/${orderNumber}` });
  const document = await body.text();
  await write(JSON.parse(document), document);
  channel.ack(message);
}

async function write(order: ShopOrder, document: string): Promise<void> {
  const { totals, lines } = order;
  const values = [
    ...[order.orderNumber, order.shopOrderId, order.status, order.currency, totals.grand, totals.items],
    ...[totals.shipping, totals.tax, totals.discount, totals.refunded, order.placedAt, order.paidAt],
    ...[order.cancelledAt, order.updatedAt, order.buyer.name, document],
  ];
  const lineValues = [
    ...[order.orderNumber, lines.map((_, index) => index + 1), lines.map((l) => l.lineId), lines.map((l) => l.sku)],
    ...[lines.map((l) => l.name), lines.map((l) => l.quantity), lines.map((l) => l.unitPrice)],
    ...[lines.map((l) => l.discount), lines.map((l) => l.tax), lines.map((l) => l.lineTotal)],
  ];
  await database.query('BEGIN');
  await database.query({ name: 'order', text: UPSERT_ORDER, values });
  await database.query({ name: 'lines', text: UPSERT_LINES, values: lineValues });
  await database.query('COMMIT');
}

/** The part of the shop's order that is written. */
interface ShopOrder {
  readonly orderNumber: string;
  readonly shopOrderId: string;
  readonly status: string;
  readonly currency: string;
  readonly placedAt: string;
  readonly paidAt: string | null;
  readonly cancelledAt: string | null;
  readonly updatedAt: string;
  readonly buyer: { readonly name: string };
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
    readonly unitPrice: string;
    readonly discount: string;
    readonly tax: string;
    readonly lineTotal: string;
  }[];
  readonly totals: {
    readonly grand: string;
    readonly items: string;
    readonly shipping: string;
    readonly tax: string;
    readonly discount: string;
    readonly refunded: string;
  };
}
