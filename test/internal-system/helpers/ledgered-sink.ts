import { onTestFinished } from 'vitest';
import { databaseOf } from '../../../src/internal-system/create-internal-system.ts';
import type { DeliverCall, Notify, Snapshot } from '../../../src/internal-system/internal-system.ts';
import { LedgeredSink } from '../../../src/internal-system/sink/ledgered-sink.ts';
import type { OrderSink, SinkDelivery, SinkResult } from '../../../src/internal-system/sink/order-sink.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';

export const PAID = aSnapshot({ order: { orderNumber: 'A1' } });
/** The same order, later. */
export const CANCELLED = aSnapshot({
  order: {
    orderNumber: 'A1',
    status: 'cancelled',
    cancelledAt: '2026-11-22T09:00:00Z',
    updatedAt: '2026-11-22T09:00:00Z',
  },
});

/** What the ERP is told. */
export function facts({ key, revision, previous, uncertain, order }: SinkDelivery) {
  const before = previous && { revision: previous.revision, erpId: previous.erpId, status: previous.order.status };
  return { key, revision, previous: before, uncertain, status: order.status };
}

export type Upsert = (delivery: SinkDelivery, signal: AbortSignal) => Promise<SinkResult>;

/** An ERP that answers as it is told, behind a ledger in this database. Closed after the test. */
export async function aLedgeredSink(
  url: string,
  shop: string,
  sink: Omit<OrderSink, 'upsert'> & { readonly upsert?: Upsert } = {},
) {
  const deliveries: SinkDelivery[] = [];
  const upsert: Upsert = async (delivery, signal) => {
    deliveries.push(delivery);
    return (await sink.upsert?.(delivery, signal)) ?? { erpId: `S-${delivery.order.orderNumber}` };
  };
  const notify: Notify = () => undefined;
  const database = await databaseOf({ url }, { shop, notify, connected: () => undefined });
  const system = new LedgeredSink(database, shop, { ...sink, upsert }, notify);
  onTestFinished(() => system.close());
  await system.open();
  return {
    system,
    /** What the ERP was asked for, in order. */
    deliveries,
    deliver: (snapshot: Snapshot, call: Partial<DeliverCall> = {}) =>
      system.delivery.deliver(snapshot, {
        again: false,
        abandoned: new AbortController().signal,
        onOverdue: () => undefined,
        ...call,
      }),
  };
}
