/** Vendure's fulfilments: whoever makes one also has to say that it is shipped. They cannot be changed, only cancelled. */
import type { OrderInShop, Parcel, ParcelInShop, ShipmentsDefinition, ShopRequests } from '../../toolkit/index.ts';
import { Fields, SyncError } from '../../toolkit/index.ts';

const READ = `query($id: ID!) { order(id: $id) { id state lines { id quantity productVariant { sku } }
  fulfillments { id state method trackingCode lines { orderLineId quantity } } } }`;
const ERROR = '... on ErrorResult { errorCode }';
const ADD = `mutation($input: FulfillOrderInput!) { done: addFulfillmentToOrder(input: $input) {
  ... on Fulfillment { id } ${ERROR} } }`;
const MOVE = `mutation($id: ID!, $state: String!) { done: transitionFulfillmentToState(id: $id, state: $state) {
  ... on Fulfillment { id } ${ERROR} } }`;

export const shipments: ShipmentsDefinition = {
  right: 'the permission UpdateOrder',
  read: async (api, id) => {
    const order = new Fields(await api.graphql(READ, { id })).object('order');
    return order === null ? undefined : orderInShop(order);
  },
  ship: async (api, _, parcel, begun) => {
    const isSame = begun?.trackingNumbers[0] === (parcel.trackingNumber ?? undefined);
    if (begun !== undefined && !isSame) await change(api, MOVE, { id: begun.id, state: 'Cancelled' });
    const id = begun !== undefined && isSame ? begun.id : await add(api, parcel);
    await change(api, MOVE, { id, state: 'Shipped' });
  },
  correct: async (api, order, parcel, found) => {
    const isDelivered = order.raw
      .list('fulfillments')
      .some((it) => it.id('id') === found.id && it.id('state') === 'Delivered');
    if (isDelivered) throw refused('the parcel is delivered, and Vendure cannot change it');
    await change(api, MOVE, { id: found.id, state: 'Cancelled' });
    await change(api, MOVE, { id: await add(api, parcel), state: 'Shipped' });
  },
};

function orderInShop(order: Fields): OrderInShop {
  const parcels = order
    .list('fulfillments', [])
    .filter((it) => it.id('state') !== 'Cancelled')
    .map(parcelInShop);
  const inParcels = parcels.flatMap(({ lines }) => lines);
  const shipped = (lineId: string) =>
    inParcels.filter((it) => it.lineId === lineId).reduce((sum, { quantity }) => sum + quantity, 0);
  const lines = order.list('lines').map((line) => {
    const lineId = line.id('id');
    return { lineId, sku: line.text('productVariant.sku'), left: line.number('quantity') - shipped(lineId) };
  });
  return { isCancelled: order.id('state') === 'Cancelled', lines, parcels, raw: order };
}

/** There is no other place for our id than behind the name of the carrier: "DHL [L-1001]". */
function parcelInShop(fulfilment: Fields): ParcelInShop {
  const method = fulfilment.text('method') ?? '';
  const [, carrier, shipmentId = null] = /^(.*?) ?\[(.+)\]$/s.exec(method) ?? [undefined, method];
  const number = fulfilment.text('trackingCode');
  return {
    id: fulfilment.id('id'),
    shipmentId,
    carrier: carrier || null,
    trackingNumbers: number === null ? [] : [number],
    lines: fulfilment.list('lines').map((it) => ({ lineId: it.id('orderLineId'), quantity: it.number('quantity') })),
    isBegun: !['Shipped', 'Delivered'].includes(fulfilment.id('state')),
  };
}

async function add(api: ShopRequests, parcel: Parcel): Promise<string> {
  const named = [
    { name: 'method', value: `${parcel.carrier ?? ''} [${parcel.shipmentId}]`.trim() },
    { name: 'trackingCode', value: parcel.trackingNumber ?? '' },
  ];
  const lines = parcel.lines.map(({ lineId, quantity }) => ({ orderLineId: lineId, quantity }));
  return await change(api, ADD, { input: { lines, handler: { code: 'manual-fulfillment', arguments: named } } });
}

async function change(api: ShopRequests, mutation: string, variables: Readonly<Record<string, unknown>>) {
  const done = new Fields(await api.graphql(mutation, variables));
  const code = done.text('done.errorCode');
  if (code !== null) throw refused(`Vendure answered ${code}`);
  return done.id('done.id');
}

function refused(why: string): SyncError {
  return new SyncError('shipment_refused', `The shipment can't be reported: ${why}.`);
}
