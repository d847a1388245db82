import { randomUUID } from 'node:crypto';
import { SyncError } from '../../erp/index.ts';
import type { Odoo } from './calls.ts';

/**
 * Whether Odoo itself keeps the reference unique: two quotations with one reference in one call, which must fail as a whole. If
 * it does not, they are removed again.
 */
export async function uniquenessWarning(odoo: Odoo, customerId: number): Promise<readonly string[]> {
  const probe = { client_order_ref: `order-sync/probe-${randomUUID()}`, partner_id: customerId };
  try {
    await odoo.remove('sale.order', await odoo.create('sale.order', probe, probe));
  } catch (error) {
    if (error instanceof SyncError && error.reason === 'write_rejected') return [];
    throw error;
  }
  return [
    'Odoo lets two sales orders have the same client_order_ref, so only order-sync keeps an order from being there twice. ' +
      "Let Odoo's administrator create the unique index that docs/internal-systems.md shows.",
  ];
}
