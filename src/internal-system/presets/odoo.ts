/**
 * Odoo's sales orders, over JSON-2 (19) or JSON-RPC (16 to 19). Written from its documentation and its source; it has not met a
 * live server. docs/internal-systems.md says what must be set up there.
 */
import { cachedFor, defineSink, type ErpRequests, money, SyncError, z } from '../erp/index.ts';
import { accessTo } from './odoo/calls.ts';
import { uniquenessWarning } from './odoo/probe.ts';
import { findSale, upsertSale } from './odoo/sale.ts';

const record = z.object({ id: z.int() });

export default defineSink((settings) => {
  const { api: options, odoo } = accessTo(settings);
  const customer = settings.text('ERP_CUSTOMER', 'WEB');
  const extras = {
    shipping: settings.text('ERP_SHIPPING_SKU', 'SHIPPING'),
    discount: settings.text('ERP_DISCOUNT_SKU', 'DISCOUNT'),
    surcharge: settings.text('ERP_SURCHARGE_SKU', 'SURCHARGE'),
  };
  const unknown = settings.text('ERP_UNKNOWN_SKU', undefined);
  const customerId = cachedFor(300_000, async (api: ErpRequests) => {
    const [found] = await odoo(api).find('res.partner', [['ref', '=', customer]], record);
    if (found !== undefined) return found.id;
    const finding = 'Odoo has no contact with the reference in ERP_CUSTOMER, to whom all orders are sold.';
    throw new SyncError('internal_system_unavailable', finding, { remedy: 'Create it, or correct the reference.' });
  });
  return {
    api: { ...options, limits: settings.limits({ timeoutMs: 25_000, concurrency: 4 }) },
    maxUpserts: 4,
    settleMs: 120_000,
    upsert: async (api, delivery) =>
      await upsertSale(odoo(api), { customerId: await customerId(api), articles: { extras, unknown } }, delivery),
    find: async (api, delivery) => {
      const found = await findSale(odoo(api), delivery);
      if (found === undefined) return [];
      const { name: erpId, state, amount_total: total } = found;
      return [{ erpId, isCancelled: state === 'cancel', grandTotal: money.sum(total) }];
    },
    check: async (api) => {
      await customerId(api);
      const codes = [...Object.values(extras), ...(unknown === undefined ? [] : [unknown])];
      const found = await odoo(api).find('product.product', [['default_code', 'in', codes]], article);
      const missing = codes.filter((code) => !found.some(({ default_code }) => default_code === code));
      if (missing.length === 0) return;
      const finding = `Odoo has no article with the internal reference ${missing.join(', ')}.`;
      throw new SyncError('internal_system_unavailable', finding, {
        remedy: 'Create them as services, or name yours in ERP_SHIPPING_SKU, ERP_DISCOUNT_SKU and ERP_SURCHARGE_SKU.',
      });
    },
    warnings: async (api) => await uniquenessWarning(odoo(api), await customerId(api)),
  };
});

const article = z.object({ id: z.int(), default_code: z.string() });
