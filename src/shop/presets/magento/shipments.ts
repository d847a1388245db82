/** Magento's shipments, with their tracks. Our id stands in a comment that the buyer does not see. */
import {
  Fields,
  type OrderInShop,
  type Parcel,
  type ParcelInShop,
  path,
  type ShipmentsDefinition,
  SyncError,
} from '../../toolkit/index.ts';
import { linesOf } from './amounts.ts';

const COMMENT = /^order-sync: (.+)$/s;
/** Carriers that Magento knows by a code; any other is "custom", with its name as the title. */
const CARRIERS = ['dhl', 'fedex', 'ups', 'usps'];
const AT_ONCE = 200;

export const shipments: ShipmentsDefinition = {
  right: 'the resources Sales / Operations / Orders / Actions / Ship and Sales / Operations / Shipments',
  read: async (api, id) => {
    const [order, found] = [await api.get(path`/orders/${id}`), await api.get('/shipments', byOrder(id))];
    return orderInShop(new Fields(order), new Fields(found));
  },
  ship: async (api, { raw }, parcel) => {
    await api.post(path`/order/${raw.id('entity_id')}/ship`, {
      items: parcel.lines.map(({ lineId, quantity }) => ({ order_item_id: Number(lineId), qty: quantity })),
      notify: true,
      appendComment: false,
      comment: { comment: `order-sync: ${parcel.shipmentId}`, is_visible_on_front: 0 },
      tracks: parcel.trackingNumber === null ? [] : [track(parcel)],
    });
  },
  correct: async (api, { raw }, parcel, found) => {
    const shipment = raw.list('shipments').find((it) => it.id('entity_id') === found.id);
    const tracks = shipment?.list('tracks', []) ?? [];
    const isKept = (it: Fields) =>
      it.text('track_number') === parcel.trackingNumber &&
      (parcel.carrier === null || it.text('title') === parcel.carrier);
    if (parcel.trackingNumber !== null && !tracks.some(isKept)) {
      const entity = {
        order_id: raw.number('entity_id'),
        parent_id: Number(found.id),
        qty: 1,
        weight: 0,
        description: '',
      };
      await api.post('/shipment/track', { entity: { ...entity, ...track(parcel) } });
    }
    for (const old of tracks.filter((it) => !isKept(it))) {
      await api.send('DELETE', path`/shipment/track/${old.id('entity_id')}`);
    }
  },
};

const byOrder = (id: string) => ({
  'searchCriteria[filter_groups][0][filters][0][field]': 'order_id',
  'searchCriteria[filter_groups][0][filters][0][condition_type]': 'eq',
  'searchCriteria[filter_groups][0][filters][0][value]': id,
  'searchCriteria[page_size]': AT_ONCE,
});

function track({ carrier, trackingNumber }: Pick<Parcel, 'carrier' | 'trackingNumber'>) {
  const code = carrier?.toLowerCase() ?? '';
  const carrier_code = CARRIERS.includes(code) ? code : 'custom';
  return { track_number: trackingNumber, title: carrier ?? 'Shipment', carrier_code };
}

function orderInShop(order: Fields, found: Fields): OrderInShop {
  const made = found.list('items', []);
  if (made.length !== found.number('total_count')) {
    throw new SyncError('shop_bad_reply', `Magento sent ${made.length} of the order's shipments, and there are more.`);
  }
  const parcels = made.map(parcelInShop);
  const shipped = parcels.flatMap(({ lines }) => lines);
  const lines = linesOf(order.list('items')).map(({ lineId, sku, quantity, requiresShipping }) => {
    const parts = shipped.filter((it) => it.lineId === lineId).map((it) => it.quantity);
    return { lineId, sku, left: quantity - parts.reduce((sum, part) => sum + part, 0), requiresShipping };
  });
  const isCancelled = ['canceled', 'closed'].includes(order.text('state') ?? '');
  const raw = new Fields(Object.assign({ shipments: made.map(({ json }) => json) }, order.json));
  return { isCancelled, lines, parcels, raw };
}

function parcelInShop(shipment: Fields): ParcelInShop {
  const tracks = shipment.list('tracks', []);
  const comments = shipment.list('comments', []).map((it) => COMMENT.exec(it.text('comment') ?? '')?.[1]);
  return {
    id: shipment.id('entity_id'),
    shipmentId: comments.find((id) => id !== undefined) ?? null,
    ...(tracks.length > 0 && { carrier: tracks[0]?.text('title') ?? null }),
    trackingNumbers: tracks.map((it) => it.text('track_number')).filter((number) => number !== null),
    lines: shipment.list('items').map((it) => ({ lineId: it.id('order_item_id'), quantity: it.number('qty') })),
  };
}
