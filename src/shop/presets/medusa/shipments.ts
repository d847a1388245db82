/** Medusa's fulfilments are packed first, then shipped with labels. What is shipped cannot be changed any more. */
import { Fields, type OrderInShop, type ParcelInShop, path, type ShipmentsDefinition } from '../../toolkit/index.ts';

const FIELDS =
  'id,status,canceled_at,metadata,*items,*items.variant.inventory_items,*fulfillments,*fulfillments.items,*fulfillments.labels';
const OUR_ID = 'order_sync_shipment';
/** In the order's metadata, with the fulfilment's id behind it: where a corrected tracking number is. */
const CORRECTED = 'order_sync_tracking_number_of_';
const NO_ADDRESS = '#';

export const shipments: ShipmentsDefinition = {
  right: 'a secret API key',
  read: async (api, id) => {
    const order = new Fields(await api.get(path`/orders/${id}`, { fields: FIELDS })).object('order');
    return order === null ? undefined : orderInShop(order);
  },
  ship: async (api, order, { lines, trackingNumber, trackingUrl, shipmentId }, begun) => {
    const base = path`/orders/${order.raw.id('id')}/fulfillments`;
    const items = lines.map(({ lineId, quantity }) => ({ id: lineId, quantity }));
    const id = begun?.id ?? (await pack());
    const label = { tracking_number: trackingNumber, tracking_url: trackingUrl ?? NO_ADDRESS, label_url: NO_ADDRESS };
    await api.post(base + path`/${id}/shipments`, { items, labels: trackingNumber === null ? [] : [label] });

    /** The reply has all fulfilments of the order. */
    async function pack(): Promise<string> {
      const known = new Set(order.parcels.map((parcel) => parcel.id));
      const metadata = { [OUR_ID]: shipmentId };
      const packed = new Fields(await api.post(base, { items, metadata }, { fields: 'id,*fulfillments' }));
      const made = packed.list('order.fulfillments').find((it) => !known.has(it.id('id')) && idOf(it) === shipmentId);
      return made?.id('id') ?? '';
    }
  },
  correct: async (api, order, { trackingNumber }, { id }) => {
    const metadata = { ...Object(order.raw.value('metadata')), [CORRECTED + id]: trackingNumber };
    await api.post(path`/orders/${order.raw.id('id')}`, { metadata });
    return `Medusa keeps the parcel's first tracking number; the new one is in the order's metadata, ${CORRECTED}${id}.`;
  },
};

const idOf = (fulfilment: Fields) => fulfilment.text(`metadata.${OUR_ID}`);

function orderInShop(order: Fields): OrderInShop {
  const lines = order.list('items').map((item) => ({
    lineId: item.id('id'),
    sku: item.text('variant_sku'),
    left: item.number('quantity') - Number(item.text('detail.fulfilled_quantity') ?? 0),
    requiresShipping: item.flag('requires_shipping'),
  }));
  const parcels = order
    .list('fulfillments', [])
    .filter((it) => it.text('canceled_at') === null)
    .map((it) => parcelInShop(it, order));
  return { isCancelled: order.text('canceled_at') !== null, lines, parcels, raw: order };
}

function parcelInShop(fulfilment: Fields, order: Fields): ParcelInShop {
  const id = fulfilment.id('id');
  const corrected: unknown = Object(order.value('metadata'))[CORRECTED + id];
  const labels = fulfilment.list('labels', []);
  const numbers = labels.map((label) => label.text('tracking_number')).filter((number) => number !== null);
  return {
    id,
    shipmentId: idOf(fulfilment),
    trackingNumbers: typeof corrected === 'string' ? [corrected] : numbers,
    lines: linesOf(fulfilment, order),
    isBegun: fulfilment.text('shipped_at') === null,
  };
}

/** A kit has an item for each of its parts, with their number. */
function linesOf(fulfilment: Fields, order: Fields) {
  const byLine = Map.groupBy(fulfilment.list('items'), (item) => item.text('line_item_id') ?? '');
  return Array.from(byLine, ([lineId, [item]]) => {
    const line = order.list('items').find((it) => it.id('id') === lineId);
    const parts = line?.list('variant.inventory_items', []) ?? [];
    const part = parts.find((it) => it.text('inventory_item_id') === item?.text('inventory_item_id'));
    return { lineId, quantity: (item?.number('quantity') ?? 0) / (part?.number('required_quantity') ?? 1) };
  });
}
