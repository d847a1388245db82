/** Shopify's fulfilments, made of what its fulfilment orders have left. They have no place for an id of ours. */
import {
  Fields,
  type OrderInShop,
  type ParcelInShop,
  type ShipmentsDefinition,
  SyncError,
} from '../../toolkit/index.ts';

/** Each of the two costs some 900 points of 1,000. What is closed stays in the list. */
const OPEN = `query ($id: ID!) { order(id: $id) { cancelledAt displayFinancialStatus
  fulfillmentOrders(first: 10) { pageInfo { hasNextPage } nodes { id supportedActions { action }
    assignedLocation { location { id } } lineItems(first: 40) { pageInfo { hasNextPage }
      nodes { id remainingQuantity lineItem { id sku requiresShipping } } } } } } }`;
const MADE = `query ($id: ID!) { order(id: $id) { fulfillments(first: 20) { id status
  trackingInfo(first: 5) { company number url }
  fulfillmentLineItems(first: 20) { pageInfo { hasNextPage } nodes { quantity lineItem { id } } } } } }`;
const MOST_MADE = 20;
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
    const variables = { id: `gid://shopify/Order/${id}` };
    const [open, made] = [await api.graphql(OPEN, variables), await api.graphql(MADE, variables)];
    const order = new Fields(open).object('order');
    return order === null ? undefined : orderInShop(order, new Fields(made).list('order.fulfillments'));
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

function orderInShop(order: Fields, made: readonly Fields[]): OrderInShop {
  if (made.length >= MOST_MADE) throw tooMany('fulfilments');
  const lines = Array.from(
    Map.groupBy(linesOf(order), ({ lineId }) => lineId),
    ([lineId, places]) => ({
      lineId,
      sku: places[0]?.sku ?? null,
      requiresShipping: places[0]?.requiresShipping ?? true,
      left: places.reduce((sum, place) => sum + place.left, 0),
    }),
  );
  const isCancelled = order.text('cancelledAt') !== null || order.text('displayFinancialStatus') === 'REFUNDED';
  const parcels = made.filter((it) => !CALLED_OFF.includes(it.id('status'))).map(parcelInShop);
  return { isCancelled, lines, parcels, raw: order };
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

/** Where each line lies. What is on hold, or with somebody else, is not left for us. */
function linesOf(order: Fields) {
  return nodes(order, 'fulfillmentOrders').flatMap((from) => {
    const isOpen = from.list('supportedActions').some((it) => it.text('action') === 'CREATE_FULFILLMENT');
    return nodes(from, 'lineItems').map((line) => ({
      lineId: idOf(line.id('lineItem.id')),
      sku: line.text('lineItem.sku'),
      requiresShipping: line.flag('lineItem.requiresShipping'),
      left: isOpen ? line.number('remainingQuantity') : 0,
      id: line.id('id'),
      from: from.id('id'),
      location: from.text('assignedLocation.location.id'),
    }));
  });
}

/** A fulfilment is made at one location. @throws SyncError `shipment_refused` when the lines lie at several */
function take({ raw }: OrderInShop, lines: readonly { readonly lineId: string; readonly quantity: number }[]) {
  const open = linesOf(raw);
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

/** @throws SyncError `shipment_refused` for an order with more of it than is asked for: a part would pass for all of it */
function nodes(from: Fields, name: string): readonly Fields[] {
  if (!from.flag(`${name}.pageInfo.hasNextPage`)) return from.list(`${name}.nodes`);
  throw tooMany(name);
}

function tooMany(what: string): SyncError {
  const finding = `The order has too many ${what} for its shipments to be reported.`;
  return new SyncError('shipment_refused', finding, { remedy: 'Enter them in Shopify.' });
}

/** As the canonical order has it. */
function idOf(gid: string): string {
  return gid.split('/').at(-1) ?? gid;
}
