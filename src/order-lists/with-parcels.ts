import type { OrderRecord } from '../internal-system/ledger.ts';
import type { ShipmentRecord, ShipmentStore } from '../internal-system/shipment-store.ts';

/** An order in an exported list. */
export interface ExportedOrder extends OrderRecord {
  /** What left the warehouse, oldest first. */
  readonly parcels: readonly ShipmentRecord[];
}

const LOOKED_UP = 500;

/** The orders with their parcels, which are looked up for many at once. @param shipments undefined where nobody reports them */
export async function* withParcels(
  orders: AsyncIterable<OrderRecord>,
  shipments: Pick<ShipmentStore, 'ofOrders'> | undefined,
): AsyncGenerator<ExportedOrder> {
  let waiting: OrderRecord[] = [];
  for await (const record of orders) {
    if (waiting.push(record) < LOOKED_UP) continue;
    yield* await lookedUp(waiting, shipments);
    waiting = [];
  }
  yield* await lookedUp(waiting, shipments);
}

async function lookedUp(
  records: readonly OrderRecord[],
  shipments: Pick<ShipmentStore, 'ofOrders'> | undefined,
): Promise<ExportedOrder[]> {
  const numbers = new Set(records.flatMap(({ stored, orderNumber }) => (stored && orderNumber ? [orderNumber] : [])));
  const found = (await shipments?.ofOrders?.([...numbers])) ?? [];
  const parcels = Map.groupBy(found, ({ orderNumber }) => orderNumber);
  return records.map((record) => ({
    ...record,
    parcels: (record.stored && parcels.get(record.orderNumber ?? '')) || [],
  }));
}
