import type { OrderDocument } from './make-orders.ts';

/** What the website hands to `RabbitMQ.send` for an order: an object becomes JSON, text is sent as it is. */
export type EventFormat = (order: OrderDocument) => object | string;

/**
 * How shops say "this order was paid", each in a way of its own. Demo order numbers have, in turn, 20 digits, letters, and
 * few digits; so every format here meets the kind it is about.
 */
const PAID_FORMATS: readonly EventFormat[] = [
  // A bare number of 20 digits, as PHP writes it.
  ({ orderNumber }) => `${orderNumber}`,
  ({ orderNumber }) => ({ orderNumber, event: 'paid' }),
  ({ orderNumber }) => ({ order_id: Number(orderNumber), event: 'order.paid' }),
  // 20 digits as a JSON number: text, because a JavaScript number cannot hold them.
  ({ orderNumber }) => `{"order_sn":${orderNumber},"type":"pay_success"}`,
  // A JSON string.
  ({ orderNumber }) => `"${orderNumber}"`,
  ({ orderNumber }) => ({ order_no: orderNumber, action: 'payment_captured' }),
];

/** Each order's event in the format that is its turn. */
export function paidEvent(index: number, order: OrderDocument): object | string {
  const format = PAID_FORMATS[index % PAID_FORMATS.length] ?? bareNumber;
  return format(order);
}

/** Names the order by the shop's own id. */
export const paidEventByShopId: EventFormat = ({ shopOrderId }) => ({ id: Number(shopOrderId), event: 'paid' });

export const cancelledEvent: EventFormat = ({ orderNumber }) => ({ orderNumber, event: 'order.canceled' });

export const updatedEvent: EventFormat = ({ orderNumber }) => ({ orderNumber, event: 'updated' });

function bareNumber({ orderNumber }: OrderDocument): string {
  return String(orderNumber);
}
