/**
 * An order sink: an ERP with an HTTP API, in which the reference that we give an order is not unique.
 * Run it with INTERNAL_SYSTEM=./examples/order-sink.ts, ERP_URL, and ERP_TOKEN or ERP_TOKEN_FILE.
 */
// In a project of your own: from 'order-sync/erp'.
import {
  at,
  auth,
  defineSink,
  type ErpRequests,
  path,
  type SinkDelivery,
  z,
} from '../src/internal-system/erp/index.ts';

const records = z.array(
  z.object({
    id: z.string(),
    cancelled: z.boolean(),
    total: z.string(),
    items: z.array(z.object({ quantity: z.number() })),
  }),
);

const search = async (api: ErpRequests, { key }: SinkDelivery) =>
  records.parse(await api.get('/orders', { reference: key }));

const toRecord = ({ key, order }: SinkDelivery) => ({
  reference: key,
  number: order.orderNumber,
  cancelled: order.status === 'cancelled',
  shipTo: order.shippingAddress,
  currency: order.currency,
  items: order.lines.map(({ sku, name, quantity, lineTotal }) => ({ sku, name, quantity, amount: lineTotal })),
  total: order.totals.grand,
});

export default defineSink((settings) => ({
  api: { baseUrl: settings.url('ERP_URL'), auth: auth.bearer(settings.secret('ERP_TOKEN')) },
  maxUpserts: 4,
  async upsert(api, delivery) {
    const known = delivery.previous?.erpId ?? (await search(api, delivery))[0]?.id;
    const record = toRecord(delivery);
    const reply =
      known === undefined ? await api.post('/orders', record) : await api.put(path`/orders/${known}`, record);
    const isPicked = at(reply, 'picking') === true;
    return { erpId: String(at(reply, 'id')), conflict: record.cancelled && isPicked ? ['cancelled'] : [] };
  },
  find: async (api, delivery) =>
    (await search(api, delivery)).map(({ id, cancelled, total, items }) => {
      const quantity = items.reduce((sum, item) => sum + item.quantity, 0);
      return { erpId: id, isCancelled: cancelled, grandTotal: total, quantity };
    }),
  check: (api) => api.get('/orders', { reference: 'none' }),
}));
