import { ConfigError } from '../../../errors.ts';
import { ORDER_STATUSES, type Order, type OrderStatus } from '../../../orders/order.ts';

/**
 * The company's own code for the order's state: `statusCode(order, { pending: 0, paid: 1, on_hold: 1, completed: 5, refunded: 4,
 * cancelled: 2 })`. All six have to be there, so that no order comes with a state that nobody thought of.
 *
 * @throws ConfigError when one is missing
 */
export function statusCode<Code>({ status }: Pick<Order, 'status'>, codes: Readonly<Record<OrderStatus, Code>>): Code {
  const missing = ORDER_STATUSES.filter((each) => codes[each] === undefined);
  if (missing.length === 0) return codes[status];
  throw new ConfigError([
    `statusCode() has no code for ${missing.join(', ')}: name all of ${ORDER_STATUSES.join(', ')}.`,
  ]);
}
