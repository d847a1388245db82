import type { InternalSystem } from '../internal-system/internal-system.ts';
import { meantOrders } from '../internal-system/meant-order.ts';
import { orderSchema } from '../orders/order.ts';
import { parseShipment, type Shipment } from '../orders/shipment.ts';
import { shippedLinesProblem } from '../orders/shipped-lines.ts';

export type Recorded =
  | { readonly outcome: 'recorded' | 'corrected' | 'unchanged'; readonly shipment: Shipment }
  /** It can't be recorded, and why; a sentence. If it is for an order that is not stored here, that may yet come. */
  | { readonly problem: string; readonly isOrderUnknown: boolean };

const linesOfDocument = orderSchema.pick({ lines: true });

/**
 * Enters a shipment in the internal system, whoever says so: the command line, the operations port, the ERP. The same shipment
 * again changes nothing; another content under the same id is a correction.
 *
 * @param entered a `Shipment`, not yet checked; its `orderNumber` may be the shop's id
 * @throws SyncError when the internal system does not answer
 */
export async function recordShipment(entered: unknown, system: InternalSystem): Promise<Recorded> {
  const { shipments } = system;
  if (shipments === undefined) return refused('This internal system keeps no shipments.');
  const parsed = parseShipment(entered);
  if ('problem' in parsed) return refused(`${parsed.problem}.`);
  const { orderNumber: name } = parsed.shipment;
  const records = (await system.findOrders?.(name)) ?? [];
  const [order, ...others] = meantOrders(records, name);
  if (order === undefined) return unknownOrder(name);
  if (order.match !== 'order-number' && others.length > 0)
    return refused(`${name} goes by several orders: give the order number.`);
  const shipment = { ...parsed.shipment, orderNumber: order.orderNumber, shopOrderId: order.shopOrderId };
  const stored = records.find(({ orderNumber, stored: found }) => orderNumber === order.orderNumber && found !== null);
  if (stored?.stored === undefined || stored.stored === null) return unknownOrder(name);
  const problem = shippedLinesProblem(shipment, linesOfDocument.parse(JSON.parse(stored.stored.document)).lines);
  if (problem !== undefined) return refused(problem);
  return { outcome: await shipments.record(shipment), shipment };
}

function refused(problem: string): Recorded {
  return { problem, isOrderUnknown: false };
}

function unknownOrder(name: string): Recorded {
  return { problem: `No order ${name} is stored here.`, isOrderUnknown: true };
}
