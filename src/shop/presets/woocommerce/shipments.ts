/**
 * WooCommerce has no shipments of its own. They are kept with the order: in a field of ours, which knows what was in each parcel,
 * and in that of the plug-ins for shipment tracking, which show the number to the buyer. A private note tells the staff.
 */
import {
  Fields,
  type OrderInShop,
  type ParcelInShop,
  path,
  type ShipmentsDefinition,
  SyncError,
} from '../../toolkit/index.ts';
import { left, returnsOf } from './left.ts';

const OURS = '_order_sync_shipments';
const OF_PLUGINS = '_wc_shipment_tracking_items';
const CANCELLED = ['cancelled', 'refunded', 'trash'];
const UNPAID = ['pending', 'failed', 'checkout-draft'];

/** As it is kept with the order. */
interface KeptParcel {
  readonly id: string;
  readonly carrier: string | null;
  readonly number: string | null;
  readonly url: string | null;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

export const shipments: ShipmentsDefinition = {
  right: 'a key that may read and write',
  read: async (api, id) => {
    const order = new Fields(await api.get(path`/orders/${id}`, { dp: 2 }));
    return orderInShop(new Fields(Object.assign({}, order.json, await returnsOf(api, order))));
  },
  ship: async (api, order, parcel) => await keep(api, order, parcel),
  correct: async (api, order, parcel, found) => await keep(api, order, parcel, found),
};

/** One request, so that what the buyer is told by e-mail once the order is completed has the number. */
const keep: ShipmentsDefinition['ship'] = async (api, order, parcel, found) => {
  const status = order.raw.id('status');
  if (UNPAID.includes(status)) {
    throw new SyncError('shipment_refused', `The shipment can't be reported: in the shop, the order is ${status}.`);
  }
  const { shipmentId, carrier, trackingNumber, trackingUrl, shippedAt, lines } = parcel;
  const kept: KeptParcel = { id: shipmentId, carrier, number: trackingNumber, url: trackingUrl, lines };
  const others = keptIn(order.raw).filter((it) => it.id('id') !== shipmentId);
  const old = new Set([...(found?.trackingNumbers ?? []), trackingNumber]);
  const tracked = metaOf(order.raw, OF_PLUGINS)?.list('value', []) ?? [];
  const item = {
    tracking_provider: '',
    custom_tracking_provider: carrier ?? '',
    custom_tracking_link: trackingUrl ?? '',
    tracking_number: trackingNumber,
    date_shipped: String(Math.floor(Date.parse(shippedAt) / 1000)),
    tracking_id: `order-sync-${shipmentId}`,
  };
  const stay = tracked.filter((it) => !old.has(it.text('tracking_number'))).map(({ json }) => json);
  const meta_data = [
    { key: OURS, value: [...others.map(({ json }) => json), kept] },
    ...(trackingNumber === null ? [] : [{ key: OF_PLUGINS, value: [...stay, item] }]),
  ];
  const isDone = parcel.isLast && ['processing', 'on-hold'].includes(status);
  await api.send('PUT', path`/orders/${order.raw.id('id')}`, {
    body: { json: { meta_data, ...(isDone && { status: 'completed' }) } },
  });
  const named = [carrier, trackingNumber].filter((part) => part !== null).join(' ');
  await api.post(path`/orders/${order.raw.id('id')}/notes`, { note: `Shipment ${shipmentId}: ${named || 'shipped'}` });
};

function orderInShop(order: Fields): OrderInShop {
  const parcels = keptIn(order).map(parcelInShop);
  const shipped = parcels.flatMap(({ lines }) => lines);
  const lines = order.list('line_items').map((item) => {
    const lineId = item.id('id');
    const parts = shipped.filter((it) => it.lineId === lineId).map(({ quantity }) => quantity);
    return {
      lineId,
      sku: item.text('sku'),
      left: parts.reduce((rest, quantity) => rest - quantity, left(order, item)),
    };
  });
  return { isCancelled: CANCELLED.includes(order.id('status')), lines, parcels, raw: order };
}

function parcelInShop(kept: Fields): ParcelInShop {
  const number = kept.text('number');
  return {
    id: kept.id('id'),
    shipmentId: kept.id('id'),
    carrier: kept.text('carrier'),
    trackingNumbers: number === null ? [] : [number],
    trackingUrl: kept.text('url'),
    lines: kept.list('lines').map((it) => ({ lineId: it.id('lineId'), quantity: it.number('quantity') })),
  };
}

function keptIn(order: Fields): readonly Fields[] {
  return metaOf(order, OURS)?.list('value', []) ?? [];
}

function metaOf(order: Fields, key: string): Fields | undefined {
  return order.list('meta_data', []).find((it) => it.text('key') === key);
}
