import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { contentHash } from '../../../src/internal-system/newest-wins.ts';
import { listening } from '../../helpers/network/listening.ts';
import { anOrder, anOrderDocument, type OrderDocument } from '../../helpers/order-builder.ts';

const PAGE = 500;

/** A shop with any number of orders, spread evenly over a month. None of them is kept in memory. */
export interface MonthShop {
  readonly url: string;
  readonly orders: number;
  /** The current version in the shop. */
  order(index: number): OrderDocument;
}

/** @param refunded index of an order whose refund did not change its "updated at" */
export async function aMonthShop(orders: number, refunded = -1): Promise<MonthShop> {
  const startMs = Date.now() - 30 * 86_400_000;
  const stepMs = (30 * 86_400_000 - 600_000) / orders;
  const timeOf = (index: number) => new Date(startMs + Math.floor(index * stepMs)).toISOString();
  const order = (index: number) => {
    const document = orderAt(index, timeOf(index));
    return index === refunded ? { ...document, totals: { ...document.totals, refunded: '5.00' } } : document;
  };
  const list = (since: string, page: number) => {
    let first = Math.max(0, Math.floor((Date.parse(since) - startMs) / stepMs));
    while (timeOf(first) < since) first += 1;
    const from = first + (page - 1) * PAGE;
    const to = Math.min(orders, from + PAGE);
    const stubs = Array.from({ length: Math.max(0, to - from) }, (_, offset) => ({
      orderNumber: numberOf(from + offset),
      status: 'paid',
      updatedAt: timeOf(from + offset),
    }));
    return { orders: stubs, nextPage: to < orders ? page + 1 : null };
  };
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
    const [, alone] = /^\/orders\/M(\d+)$/.exec(pathname) ?? [];
    const since = searchParams.get('updatedSince') ?? searchParams.get('placedSince');
    const numbers = searchParams.get('numbers');
    if (since !== null) response.end(JSON.stringify(list(since, Number(searchParams.get('page')))));
    else if (numbers !== null) {
      response.end(JSON.stringify({ orders: numbers.split(',').map((number) => order(Number(number.slice(1)))) }));
    } else if (alone !== undefined) response.end(JSON.stringify(order(Number(alone))));
    else response.writeHead(404).end('{}');
  });
  const url = await listening(server);
  return { url: url, orders, order };
}

export function numberOf(index: number): string {
  return `M${String(index).padStart(6, '0')}`;
}

function orderAt(index: number, time: string): OrderDocument {
  return anOrderDocument({ orderNumber: numberOf(index), placedAt: time, updatedAt: time });
}

/** Puts the shop's orders into the internal system, except those withheld. One at a time, it would take minutes. */
export function fill(database: string, shop: MonthShop, withheld: readonly number[], refunded = -1): void {
  const connection = new DatabaseSync(database, { timeout: 5000 });
  const insert = connection.prepare(
    `INSERT INTO orders (shop, order_number, shop_order_id, status, currency, grand_total, items_total, shipping_total,
      tax_total, discount_total, refunded_total, placed_at, updated_at, buyer_name, content_hash, fetched_at, synced_at,
      document) VALUES ('shop', ?, ?, 'paid', 'CNY', '129.40', '0', '0', '0', '0', '0', ?, ?, '', ?, ?, ?, '{}')`,
  );
  connection.exec('BEGIN');
  for (let index = 0; index < shop.orders; index += 1) {
    if (withheld.includes(index)) continue;
    const document = shop.order(index);
    const order = anOrder(index === refunded ? orderAt(index, document.updatedAt) : document);
    const { orderNumber, shopOrderId, placedAt, updatedAt } = order;
    insert.run(orderNumber, shopOrderId, placedAt, updatedAt, contentHash(order), updatedAt, updatedAt);
  }
  connection.exec('COMMIT');
  connection.close();
}
