import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';

/** Writes one version of an order and returns the result. */
export async function write(
  system: SqlInternalSystem,
  order: Partial<OrderDocument>,
  fetchedAt?: string,
  seen?: string,
) {
  const snapshot = aSnapshot({ order, seen, ...(fetchedAt === undefined ? {} : { fetchedAt: new Date(fetchedAt) }) });
  const [result] = await system.writeOrders([snapshot]);
  return result;
}

/** The stored order, its document parsed. */
export async function stored(system: SqlInternalSystem, reference: string) {
  const [record] = await system.findOrders(reference);
  if (!record?.stored) throw new Error(`expected ${reference} to be stored`);
  return { ...record.stored, document: JSON.parse(record.stored.document) };
}
