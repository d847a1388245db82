/** Shopify's fulfilments, made of what its fulfilment orders have left. They have no place for an id of ours. */
import {
  Fields,
  type OrderInShop,
  type ParcelInShop,
  type ShipmentsDefinition,
  SyncError,
} from '../../toolkit/index.ts';

const READ = `query ($id: ID!) { order(id: $id) { cancelledAt displayFinancialStatus
  lineItems(first: 100) { pageInfo { hasNextPage } nodes { id sku requiresShipping } }
  fulfillmentOrders(first: 20) { pageInfo { hasNextPage } nodes { id supportedActions { action }
    assignedLocation { location { id } } lineItems(first: 50) { pageInfo { hasNextPage }
      nodes { id remainingQuantity lineItem { id } } } } }
  fulfillments(first: 50) { id status trackingInfo(first: 10) { company number url }
    fulfillmentLineItems(first: 50) { pageInfo { hasNextPage } nodes { quantity lineItem { id } } } } } }`;
const CREATE = `mutation ($fulfillment: FulfillmentInput!) {
  done: fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field } } }`;
const CORRECT = `mutation ($id: ID!, $info: FulfillmentTrackingInput!) {
  done: fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $info, notifyCustomer: true) {
    fulfillment { id } userErrors { field } } }`;
const CALLED_OFF = ['CANCELLED', 'ERROR', 'FAILURE'];

export const shipments: ShipmentsDefinition = {
  right:
    'the scopes read_ and write_merchant_managed_fulfillment_orders (of a third party or an app: write_third_party_… or write_assigned_…)',
  keepsNoId: true,
  read: async (api, id) => {
    const order = new Fields(await api.graphql(READ, { id: `gid://shopify/Order/${id}` })).object('order');
    return order === null ? undefined : orderInShop(order);
  },
  ship: async (api, order, parcel) => {
    const lineItemsByFulfillmentOrder = take(order, parcel.lines);
    const fulfillment = { lineItemsByFulfillmentOrder, trackingInfo: trackingInfo(parcel), notifyCustomer: true };
    assertDone(await api.graphql(CREATE, { fulfillment }));
  },
  correct: async (api, _, parcel, { id }) => {
    assertDone(await api.graphql(CORRECT, { id, info: trackingInfo(parcel) }));
  },
};

type Tracking = Readonly<Record<'carrier' | 'trackingNumber' | 'trackingUrl', string | null>>;

/** An address needs a number; without one, Shopify makes it of the carrier's, if it knows the carrier. */
function trackingInfo({ carrier, trackingNumber, trackingUrl }: Tracking) {
  const url = trackingNumber !== null && trackingUrl !== null ? { url: trackingUrl } : {};
  return {
    ...(carrier !== null && { company: carrier }),
    ...(trackingNumber !== null && { number: trackingNumber }),
    ...url,
  };
}

function orderInShop(order: Fields): OrderInShop {
  const open = openLines(order);
  const lines = nodes(order, 'lineItems').map((line) => {
    const lineId = idOf(line.id('id'));
    const left = open.filter((it) => it.lineId === lineId).reduce((sum, { left }) => sum + left, 0);
    return { lineId, sku: line.text('sku'), left, requiresShipping: line.flag('requiresShipping') };
  });
  const isCancelled = order.text('cancelledAt') !== null || order.text('displayFinancialStatus') === 'REFUNDED';
  const made = order.list('fulfillments').filter((it) => !CALLED_OFF.includes(it.id('status')));
  return { isCancelled, lines, parcels: made.map(parcelInShop), raw: order };
}

function parcelInShop(fulfilment: Fields): ParcelInShop {
  const info = fulfilment.list('trackingInfo', []);
  return {
    id: fulfilment.id('id'),
    shipmentId: null,
    carrier: info[0]?.text('company') ?? null,
    trackingNumbers: info.map((it) => it.text('number')).filter((number) => number !== null),
    trackingUrl: info[0]?.text('url') ?? null,
    lines: nodes(fulfilment, 'fulfillmentLineItems').map((it) => ({
      lineId: idOf(it.id('lineItem.id')),
      quantity: it.number('quantity'),
    })),
  };
}

/** What a fulfilment may be made of now: neither on hold, nor with somebody else. */
function openLines(order: Fields) {
  const canShip = (it: Fields) =>
    it.list('supportedActions').some((each) => each.text('action') === 'CREATE_FULFILLMENT');
  return nodes(order, 'fulfillmentOrders')
    .filter(canShip)
    .flatMap((from) =>
      nodes(from, 'lineItems').map((line) => ({
        lineId: idOf(line.id('lineItem.id')),
        left: line.number('remainingQuantity'),
        id: line.id('id'),
        from: from.id('id'),
        location: from.text('assignedLocation.location.id'),
      })),
    );
}

/** A fulfilment is made at one location. @throws SyncError `shipment_refused` when the lines lie at several */
function take({ raw }: OrderInShop, lines: readonly { readonly lineId: string; readonly quantity: number }[]) {
  const open = openLines(raw);
  const taken = lines.flatMap(({ lineId, quantity }) => {
    let missing = quantity;
    return open
      .filter((it) => it.lineId === lineId)
      .flatMap((it) => {
        const taking = Math.min(missing, it.left);
        missing -= taking;
        return taking > 0 ? [{ ...it, quantity: taking }] : [];
      });
  });
  if (new Set(taken.map(({ location }) => location)).size > 1) {
    const finding = "The shipment can't be reported: Shopify has its lines at several locations.";
    throw new SyncError('shipment_refused', finding, { remedy: 'Record one shipment for each location.' });
  }
  return Array.from(
    Map.groupBy(taken, ({ from }) => from),
    ([fulfillmentOrderId, its]) => ({
      fulfillmentOrderId,
      fulfillmentOrderLineItems: its.map(({ id, quantity }) => ({ id, quantity })),
    }),
  );
}

/** @throws SyncError `shipment_refused`, naming the fields and nothing else: the texts quote what was sent */
function assertDone(data: unknown): void {
  const [error] = new Fields(data).list('done.userErrors', []);
  if (error === undefined) return;
  const field = error
    .list('field', [])
    .map(({ json }) => String(json))
    .join('.');
  throw new SyncError('shipment_refused', `Shopify refused the shipment${field === '' ? '' : `, for its ${field}`}.`);
}

/** @throws SyncError `shop_error` for an order with more of it than is asked for: a part would pass for all of it */
function nodes(from: Fields, name: string): readonly Fields[] {
  if (!from.flag(`${name}.pageInfo.hasNextPage`)) return from.list(`${name}.nodes`);
  const finding = `The order has too many ${name} for its shipments to be reported.`;
  throw new SyncError('shipment_refused', finding, { remedy: 'Enter them in Shopify.' });
}

/** As the canonical order has it. */
function idOf(gid: string): string {
  return gid.split('/').at(-1) ?? gid;
}
