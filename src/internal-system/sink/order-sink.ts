import type { Order } from '../../orders/order.ts';
import type { Conflict } from '../conflicts.ts';

export interface OrderSink {
  readonly maxUpserts?: number;
  readonly timeoutMs?: number;
  readonly settleMs?: number;
  open?(signal: AbortSignal): Promise<void>;
  upsert(delivery: SinkDelivery, signal: AbortSignal): Promise<SinkResult>;
  check?(signal: AbortSignal): Promise<void>;
  warnings?(signal: AbortSignal): Promise<readonly string[]>;
  close?(): Promise<void>;
}

export interface SinkDelivery {
  readonly key: string;
  readonly shop: string;
  readonly order: Order;
  readonly revision: number;
  readonly previous: { readonly order: Order; readonly revision: number; readonly erpId: string | null } | undefined;
  readonly uncertain: boolean;
}

export interface SinkResult {
  readonly erpId?: string;
  readonly conflict?: readonly Conflict[];
  readonly note?: string;
}

export type OrderSinkFactory = (context: {
  readonly shop: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}) => OrderSink | Promise<OrderSink>;
