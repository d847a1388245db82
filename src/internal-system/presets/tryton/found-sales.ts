import { type FoundRecord, type SinkDelivery, z } from '../../erp/index.ts';
import type { Models } from './api.ts';
import { findSales, type Sale } from './sales.ts';
import type { TrytonSettings } from './settings.ts';

const lines = z.array(
  z.object({ sale: z.number(), quantity: z.number().nullable(), 'product.': z.object({ code: z.string() }) }),
);

/** All sales that Tryton has of an order, those that should not be there too. */
export async function foundSales(
  models: Models,
  delivery: SinkDelivery,
  { referencePrefix, articles }: TrytonSettings,
): Promise<FoundRecord[]> {
  const sales = await findSales(models, { ...delivery, uncertain: true }, referencePrefix);
  const ids = sales.map(({ id }) => id);
  const found = lines.parse(
    await models.search('sale.line', [['sale', 'in', ids]], ['sale', 'quantity', 'product.code']),
  );
  const extras = new Set(Object.values(articles));
  return sales.map((sale) => {
    const items = found.filter(({ sale: id, 'product.': { code } }) => id === sale.id && !extras.has(code));
    return recordOf(
      sale,
      items.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0),
    );
  });
}

function recordOf({ id, state, total_amount: grandTotal }: Sale, quantity: number): FoundRecord {
  return { erpId: String(id), isCancelled: state === 'cancelled', quantity, grandTotal };
}
