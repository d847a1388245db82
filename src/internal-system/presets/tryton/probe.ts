import { Refusal, SyncError } from '../../erp/index.ts';
import type { Models } from './api.ts';
import type { Facts } from './facts.ts';
import type { TrytonSettings } from './settings.ts';

/**
 * Does anything keep two sales of one reference apart? Two are made in one call whose last part is wrong in any case, so that
 * nothing of it remains: with a unique index the second sale fails in the database, without one the wrong line in Tryton.
 */
export async function referencesAreUnique(
  models: Models,
  { party, partyAddress: address }: Facts,
  { referencePrefix }: TrytonSettings,
): Promise<string[]> {
  const reference = `${referencePrefix}order-sync-probe`;
  const sale = { party, invoice_address: address, shipment_address: address, reference };
  const withoutPrice = { ...sale, lines: [['create', [{ type: 'line', quantity: 1 }]]] };
  const outcome = await models.createTogether('sale.sale', [sale, withoutPrice]).catch((error: unknown) => error);
  if (!(outcome instanceof SyncError)) throw new SyncError('write_failed', 'Tryton took a sale line without a price.');
  if (outcome.kind === 'outage') throw outcome;
  if (!(outcome instanceof Refusal)) return [];
  const index = `CREATE UNIQUE INDEX order_sync_reference ON sale_sale (company, reference) WHERE reference LIKE '${referencePrefix}%'`;
  return [`Nothing in Tryton keeps two sales of one reference apart. Have its database's owner run: ${index};`];
}
