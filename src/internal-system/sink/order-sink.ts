import type { Order } from '../../orders/order.ts';
import type { Conflict } from '../conflicts.ts';

export interface OrderSink {
  /** Concurrent upserts, always of different orders. @defaultValue 1 */
  readonly maxUpserts?: number;
  /** How long one upsert may take, in ms; then its signal is aborted. @defaultValue 30_000 */
  readonly timeoutMs?: number;
  /** Until when a request that was cut off may still take effect, in ms after the cut. @defaultValue 30_000 */
  readonly settleMs?: number;
  open?(signal: AbortSignal): Promise<void>;
  upsert(delivery: SinkDelivery, signal: AbortSignal): Promise<SinkResult>;
  find?(delivery: SinkDelivery, signal: AbortSignal): Promise<readonly FoundRecord[]>;
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

export interface FoundRecord {
  readonly erpId: string;
  readonly revision?: number;
}

export type OrderSinkFactory = (context: {
  readonly shop: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}) => OrderSink | Promise<OrderSink>;
