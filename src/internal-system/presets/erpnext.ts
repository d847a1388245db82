/**
 * ERPNext's Sales Orders, over Frappe's REST API (14 and newer). Written from its documentation and its source; it has not met a
 * live server. docs/internal-systems.md says what must be set up there.
 */
import { auth, defineSink, money, SyncError } from '../erp/index.ts';
import { Frappe } from './erpnext/calls.ts';
import { uniquenessWarning } from './erpnext/probe.ts';
import { problemOf } from './erpnext/problems.ts';
import { findSales, upsertSale } from './erpnext/sale.ts';

export default defineSink((settings) => {
  const company = {
    name: settings.text('ERP_COMPANY', undefined),
    customer: settings.text('ERP_CUSTOMER', 'WEB'),
    warehouse: settings.text('ERP_WAREHOUSE', undefined),
    taxAccount: settings.text('ERP_TAX_ACCOUNT', undefined),
    items: {
      shipping: settings.text('ERP_SHIPPING_SKU', 'SHIPPING'),
      surcharge: settings.text('ERP_SURCHARGE_SKU', 'SURCHARGE'),
      unknown: settings.text('ERP_UNKNOWN_SKU', undefined),
    },
  };
  const token = settings.secret('ERP_TOKEN');
  return {
    api: {
      baseUrl: settings.url('ERP_URL', { path: '/api/resource' }),
      auth: auth.signedWith([token], (request) => auth.withHeader(request, 'authorization', `token ${token.value}`)),
      problem: problemOf,
      limits: settings.limits({ timeoutMs: 25_000, concurrency: 4 }),
    },
    maxUpserts: 4,
    settleMs: 120_000,
    upsert: async (api, delivery) => await upsertSale(new Frappe(api), company, delivery),
    find: async (api, delivery) => {
      const found = await findSales(new Frappe(api), delivery);
      return found.map(({ name: erpId, docstatus, grand_total: total }) => {
        return { erpId, isCancelled: docstatus === 2, grandTotal: money.sum(total) };
      });
    },
    check: async (api) => {
      const frappe = new Frappe(api);
      const items = Object.values(company.items).filter((item) => item !== undefined);
      const missing = [
        ...(await frappe.lacking('Customer', [company.customer])).map((name) => `Customer ${name} (ERP_CUSTOMER)`),
        ...(await frappe.lacking('Item', items)).map((item) => `Item ${item} (ERP_…_SKU)`),
      ];
      if (missing.length === 0) return;
      const finding = `ERPNext has no ${missing.join(', no ')}.`;
      throw new SyncError('internal_system_unavailable', finding, { remedy: 'Create it, or name another one.' });
    },
    warnings: async (api) => await uniquenessWarning(new Frappe(api), company),
  };
});
