import type { SinkDelivery } from '../sink/order-sink.ts';

/** What the endpoint gets: schemas/order-delivery.schema.json, with the order as docs/order.md describes it. */
export function messageOf({ key, shop, order, revision, previous, uncertain }: SinkDelivery): string {
  const before = previous === undefined ? null : { revision: previous.revision, erpId: previous.erpId };
  return JSON.stringify({ key, shop, revision, uncertain, previous: before, order });
}

/** One name for each revision of each order, however often it is sent. ASCII, for a header, and without a full stop. */
export function messageId({ shop, order, revision }: SinkDelivery): string {
  return `${shop}/${asName(order.shopOrderId)}/${revision}`;
}

function asName(reference: string): string {
  return encodeURIComponent(reference).replaceAll('.', '%2E');
}

const PLACEHOLDER = /\{(orderNumber|shopOrderId)\}/g;

/** The address for an order: a URL may hold its number or its id, and need not. */
export function addressOf(url: string, order: { readonly orderNumber: string; readonly shopOrderId: string }): URL {
  return new URL(
    url.replaceAll(PLACEHOLDER, (_, name: 'orderNumber' | 'shopOrderId') => encodeURIComponent(order[name])),
  );
}

/** Whether each order has an address of its own. */
export function hasPlaceholder(url: string): boolean {
  return url.replaceAll(PLACEHOLDER, '') !== url;
}
