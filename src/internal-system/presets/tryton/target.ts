import type { Order, OrderStatus } from '../../erp/index.ts';
import type { Target } from './marker.ts';

/** What the sale of an order is to become. An order without lines has nothing that could leave the warehouse. */
export function targetOf({ status, lines }: Order): Target {
  return lines.length === 0 ? 'cancelled' : TARGETS[status];
}

const TARGETS: Readonly<Record<OrderStatus, Target>> = {
  pending: 'quotation',
  on_hold: 'quotation',
  paid: 'confirmed',
  completed: 'confirmed',
  refunded: 'cancelled',
  cancelled: 'cancelled',
};

/** Whether an order that Tryton has never had becomes a sale there: once it is paid, and as long as there is something to ship. */
export function isForTryton(order: Order): boolean {
  return order.status !== 'pending' && targetOf(order) !== 'cancelled';
}
