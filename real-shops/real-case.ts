import type { OrderStatus } from '../src/index.ts';

/** One order, and what happens to it. */
export interface RealCase<Orders> {
  readonly title: string;
  /** What the merchant calls it in the end. */
  readonly status: OrderStatus;
  /** @returns the order's id in the shop */
  readonly play: (orders: Orders) => Promise<string>;
  /** What happens while no event gets through: reconciliation has to find it. */
  readonly unseen?: {
    readonly title: string;
    readonly status: OrderStatus;
    readonly play: (orders: Orders, id: string) => Promise<void>;
  };
}
