import type { OrderDocument } from './make-orders.ts';

/** What the website passes to `RabbitMQ.send`: an object becomes JSON, text is sent as it is. */
export type EventFormat = (order: OrderDocument) => object | string;

/**
 * How different shops say "this order was paid". Demo order numbers take turns: 20 digits, letters, a few digits. So each
 * format meets the kind of number it is about.
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

/** The formats take turns. */
export function paidEvent(index: number, order: OrderDocument): object | string {
  const format = PAID_FORMATS[index % PAID_FORMATS.length] ?? bareNumber;
  return format(order);
}

/** Names the order by the shop's internal id. */
export const paidEventByShopId: EventFormat = ({ shopOrderId }) => ({ id: Number(shopOrderId), event: 'paid' });

/** Several orders in one message, as an export or a batch job sends it. */
export function paidEventOfMany(orders: readonly OrderDocument[]): object {
  return { event: 'orders.paid', order_numbers: orders.map(({ orderNumber }) => orderNumber) };
}

export const cancelledEvent: EventFormat = ({ orderNumber }) => ({ orderNumber, event: 'order.canceled' });

export const updatedEvent: EventFormat = ({ orderNumber }) => ({ orderNumber, event: 'updated' });

function bareNumber({ orderNumber }: OrderDocument): string {
  return String(orderNumber);
}
