import { randomUUID } from 'node:crypto';
import { Refusal } from '../../erp/index.ts';
import type { Frappe } from './calls.ts';
import { type Company, contentFields } from './content.ts';

/** Whether ERPNext itself keeps the reference unique: a second draft with one must fail. Drafts of the probe are removed again. */
export async function uniquenessWarning(frappe: Frappe, company: Company): Promise<readonly string[]> {
  const today = new Date().toISOString().slice(0, 10);
  const probe = {
    ...contentFields(
      { items: [{ item_code: company.items.shipping, qty: 1, rate: '0' }], discount: '0', tax: '0' },
      company,
    ),
    po_no: `order-sync-probe-${randomUUID()}`,
    customer: company.customer,
    transaction_date: today,
    delivery_date: today,
    ...(company.name === undefined ? {} : { company: company.name }),
  };
  const first = await frappe.create('Sales Order', probe);
  try {
    await frappe.remove('Sales Order', await frappe.create('Sales Order', probe));
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  } finally {
    await frappe.remove('Sales Order', first);
  }
  return [
    'ERPNext lets two Sales Orders have the same po_no, so only order-sync keeps an order from being there twice. ' +
      'Let Sales Orders be named by it: docs/internal-systems.md shows how.',
  ];
}
