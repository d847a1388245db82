import { type SinkDelivery, SyncError, z } from '../../erp/index.ts';
import type { Models } from './api.ts';
import { beginning, type Marker, readMarker } from './marker.ts';
import { decimalText } from './values.ts';

const saleSchema = z
  .object({
    id: z.number(),
    state: z.enum(['draft', 'quotation', 'confirmed', 'processing', 'done', 'cancelled']),
    reference: z.string().nullable(),
    description: z.string().nullable(),
    total_amount: decimalText,
    lines: z.array(z.number()),
    create_uid: z.number().nullable(),
    write_uid: z.number().nullable(),
    _timestamp: z.string(),
  })
  .transform((sale) => ({ ...sale, marker: readMarker(sale.description) }));

export type Sale = z.output<typeof saleSchema> & { readonly marker: Marker | undefined };

const FIELDS = ['state', 'reference', 'description', 'total_amount', 'lines', 'create_uid', 'write_uid', '_timestamp'];

export async function salesWhere(models: Models, domain: readonly unknown[]): Promise<Sale[]> {
  const found = z.array(saleSchema).safeParse(await models.search('sale.sale', domain, FIELDS));
  if (found.success) return found.data;
  throw new SyncError('write_failed', "Tryton's sales do not look as expected: is this Tryton 6 with the sale module?");
}

export async function readSale(models: Models, id: number): Promise<Sale> {
  const [sale] = await salesWhere(models, [['id', '=', id]]);
  if (sale === undefined) throw new SyncError('write_failed', `Sale ${id} has just been deleted.`);
  return sale;
}

/** All sales that may be this order's: by its reference, by the one it had before, by id, and by its key if nothing is certain. */
export function findSales(models: Models, delivery: SinkDelivery, prefix: string): Promise<Sale[]> {
  const { order, previous, uncertain, key } = delivery;
  const references = new Set([order, ...(previous ? [previous.order] : [])].map((each) => prefix + each.orderNumber));
  const erpId = Number(previous?.erpId ?? Number.NaN);
  return salesWhere(models, [
    'OR',
    ['reference', 'in', [...references]],
    ...(Number.isSafeInteger(erpId) ? [['id', '=', erpId]] : []),
    // There is no index on it.
    ...(uncertain ? [['description', 'like', `${beginning(key).replaceAll(/[\\%_]/g, '\\$&')}%`]] : []),
  ]);
}

/** The one that is this order's. @throws SyncError `write_rejected` when a person must look: there are two, or it is not ours */
export function ownSale(sales: readonly Sale[], { key, previous }: SinkDelivery): Sale | undefined {
  const own = sales.filter(({ id, marker }) => marker?.key === key || String(id) === previous?.erpId);
  const [first, second] = own;
  if (second !== undefined) {
    const ids = own.map(({ id }) => id).join(', ');
    throw new SyncError(
      'write_rejected',
      `Tryton has ${own.length} sales of this order (ids ${ids}). Cancel and delete all but one.`,
    );
  }
  const [foreign] = sales;
  if (first !== undefined || foreign === undefined) return first;
  const whose = foreign.marker === undefined ? 'was not made by order-sync' : 'belongs to another order';
  const remedy = 'Change its reference, or the order stays undelivered.';
  throw new SyncError(
    'write_rejected',
    `Tryton has a sale ${foreign.reference} (id ${foreign.id}) that ${whose}. ${remedy}`,
  );
}
