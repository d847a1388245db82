import type { ExpectedOrder } from './expected-order.ts';
import type { RealCase } from './real-case.ts';
import type { ShippingShop } from './shipping/shipping-shop.ts';

/** A shop's real server with what it needs before its first order. */
export interface RealShop<Orders> {
  /** With its version. */
  readonly title: string;
  /** How the daemon is told of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Another way to be let in, which has to work as well. */
  readonly otherEnv?: Readonly<Record<string, string>>;
  readonly orders: Orders;
  readonly cases: readonly RealCase<Orders>[];
  /** What looks like an order and must not be stored. */
  readonly playNoOrders: (orders: Orders) => Promise<void>;
  /** Every order that the shop has, by an independent reading. */
  readonly readOrders: () => Promise<ExpectedOrder[]>;
  readonly shipping: ShippingShop;
  readonly stop: () => Promise<void>;
}
