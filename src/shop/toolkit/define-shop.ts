import type { HttpLimits } from '../../client/json-http.ts';
import { Settings } from '../../client/settings.ts';
import type { Shipment } from '../../orders/shipment.ts';
import { secondBefore } from '../../orders/times.ts';
import { fetchOrders } from '../batched-fetch.ts';
import { listChanges, type OrderPage } from '../list-changes.ts';
import { listPlaced } from '../list-placed.ts';
import { retryTransient } from '../retry-transient.ts';
import type { ShippedOrder, ShopAdapterFactory, ShopClient } from '../shop-client.ts';
import { DefinedOrders } from './defined-orders.ts';
import type { ListPage } from './list-page.ts';
import { readPage } from './read-page.ts';
import { listShipments, reportShipment } from './shipments/report-shipment.ts';
import { ShopApi } from './shop-api.ts';
import type { ShopDefinition } from './shop-definition.ts';

/** An adapter: what a module of your own, or a preset, exports as its default. */
export function defineShop(define: (settings: Settings) => ShopDefinition): ShopAdapterFactory {
  return ({ env }) => {
    const settings = new Settings(env, 'SHOP');
    const definition = define(settings);
    const limits = definition.api.limits ?? settings.limits();
    settings.assertUsable();
    return shopOf(definition, new ShopApi({ ...definition.api, limits }), limits);
  };
}

function shopOf(definition: ShopDefinition, api: ShopApi, limits: HttpLimits): ShopClient {
  const { fetchesBy = 'shopOrderId', changed, placed, shipments, ping, webhooksOff, warnings } = definition;
  const source = new DefinedOrders(definition, api);
  // A walk has hundreds of pages: one failed reply must not end it.
  const page = async (since: Date, signal: AbortSignal, fetch: () => Promise<ListPage>): Promise<OrderPage<string>> =>
    readPage(await retryTransient(signal, fetch), since, definition);
  return {
    fetchesBy,
    maxBatch: source.maxBatch,
    // More calls would only wait, with batches that can no longer grow.
    maxCalls: Math.min(limits.concurrency, Math.ceil(limits.requestsPerSecond ?? Number.POSITIVE_INFINITY)),
    fetchOrders: (references, signal) => fetchOrders(source, references, signal),
    ...(changed && {
      listUpdatedSince: (since: Date, signal: AbortSignal) =>
        listChanges(since, (from, cursor?: string) =>
          page(from, signal, () => changed(api.until(signal), secondBefore(from), cursor)),
        ),
    }),
    ...(placed && {
      listPlacedSince: (since: Date, signal: AbortSignal) =>
        listPlaced((cursor?: string) =>
          page(since, signal, () => placed(api.until(signal), secondBefore(since), cursor)),
        ),
    }),
    ...(shipments && {
      reportShipment: (shipment: Shipment, order: ShippedOrder, signal: AbortSignal) =>
        reportShipment(shipments, api, shipment, order, signal),
      listShipments: (order: ShippedOrder, signal: AbortSignal) => listShipments(shipments, api, order, signal),
    }),
    now: async (signal) => {
      const requests = api.until(signal);
      await retryTransient(signal, () => ping(requests));
      return requests.date;
    },
    check: async (signal) => void (await ping(api.until(signal))),
    ...(webhooksOff && { webhooksOff: (signal: AbortSignal) => webhooksOff(api.until(signal)) }),
    warnings: async (signal) => (await warnings?.(api.until(signal))) ?? [],
    close: () => api.close(),
  };
}
