import { type FetchResult, parseOrder, type ShopAdapterFactory, SyncError } from '../../../src/index.ts';

const createShop: ShopAdapterFactory = ({ env }) => {
  const ask = async (path: string, signal: AbortSignal, body?: unknown) => {
    try {
      const given = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      return await fetch(`${env['SHIPPING_SHOP_URL']}${path}`, { ...given, signal });
    } catch (cause) {
      throw new SyncError('shop_unreachable', 'The shop can not be reached.', { cause });
    }
  };
  return {
    async fetchOrders(references, signal) {
      const results = references.map(async (reference): Promise<[string, FetchResult]> => {
        const response = await ask(`/orders/${encodeURIComponent(reference)}`, signal);
        if (response.status === 503) throw new SyncError('shop_unreachable', 'The shop is down.');
        if (response.status === 404) return [reference, { kind: 'not-found' }];
        const parsed = parseOrder(await response.json());
        if ('order' in parsed) return [reference, { kind: 'order', order: parsed.order }];
        return [reference, { kind: 'failed', error: new SyncError('invalid_order', parsed.problem) }];
      });
      return new Map(await Promise.all(results));
    },
    async reportShipment(shipment, _order, signal) {
      const response = await ask('/shipments', signal, shipment);
      if (response.status === 422) throw new SyncError('shipment_refused', 'The shop knows no such carrier.');
      if (response.status === 409) throw new SyncError('order_cancelled', 'The order is cancelled in the shop.');
      if (response.status === 403) throw new SyncError('shop_refused_credentials', 'The token may not write.');
      if (response.status === 503) throw new SyncError('shop_unreachable', 'The shop is down.');
      if (response.status !== 200) throw new SyncError('shop_error', `The shop answered ${response.status}.`);
      return (await response.json()) as { outcome: 'reported' | 'corrected' | 'known' };
    },
    async listShipments({ orderNumber }, signal) {
      const response = await ask(`/shipments/${encodeURIComponent(orderNumber)}`, signal);
      return (await response.json()) as { shipmentId: string; trackingNumber: string | null }[];
    },
  };
};

export default createShop;
