import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { OrderRecord } from '../internal-system/ledger.ts';

/**
 * The names by which events may call the order that a person calls `name`: its number and the shop's id. Only `name` itself, where
 * the internal system knows no such order; and a name that could mean several orders is never added.
 *
 * @throws SyncError when the internal system does not answer
 */
export async function orderNames(name: string, system: Pick<InternalSystem, 'findOrders'>): Promise<OrderNames> {
  const [order, ...others] = await ordersCalled(name, system);
  if (order === undefined || others.length > 0) return { names: [name], isAmbiguous: others.length > 0 };
  const names = [name];
  for (const other of [order.orderNumber, order.shopOrderId]) {
    if (other === null || names.includes(other)) continue;
    const namesakes = await ordersCalled(other, system);
    if (namesakes.every((namesake) => isSameOrder(namesake, order))) names.push(other);
  }
  return { names, isAmbiguous: false };
}

export interface OrderNames {
  readonly names: readonly string[];
  /** The number of one order, and the id or a former number of another. */
  readonly isAmbiguous: boolean;
}

async function ordersCalled(name: string, system: Pick<InternalSystem, 'findOrders'>): Promise<OrderRecord[]> {
  const records = (await system.findOrders?.(name)) ?? [];
  return records.filter(({ orderNumber }) => orderNumber !== null);
}

function isSameOrder(a: OrderRecord, b: OrderRecord): boolean {
  return a.orderNumber === b.orderNumber && a.shopOrderId === b.shopOrderId;
}
