import { SyncError } from '../../../src/errors.ts';
import type { Order } from '../../../src/orders/order.ts';
import type { FetchResult, OrderStub, ShopClient } from '../../../src/shop/shop-client.ts';
import { HOUR, later } from './order-faults.ts';
import { type Case, type Fault, failed, type StandInShop } from './stand-in-shop.ts';

type ClientFault = NonNullable<Fault['client']>;

/** Changes the results of the 50 newest orders, by the order's place among them. */
function onFetch(change: (result: FetchResult, index: number) => FetchResult): ClientFault {
  return (shop) => ({
    fetchOrders: async (references, signal) => {
      const results = await shop.fetchOrders(references, signal);
      return new Map([...results].map(([reference, result]) => [reference, change(result, placeOf(result))]));
    },
  });
}

function placeOf(result: FetchResult): number {
  return result.kind === 'order' ? Number(result.order.shopOrderId) - 9_010 : -1;
}

function dropping(place: number): ClientFault {
  return (shop) => ({
    fetchOrders: async (references, signal) => {
      const results = await shop.fetchOrders(references, signal);
      return new Map([...results].filter(([, result]) => placeOf(result) !== place));
    },
  });
}

/** Changes each order, by how often it was looked at. Only the second look is different. */
function onEach(change: (order: Order, look: number) => Order): ClientFault {
  const looks = new Map<string, number>();
  return onFetch((result) => {
    if (result.kind !== 'order' || placeOf(result) !== 46) return result;
    const look = (looks.get(result.order.orderNumber) ?? 0) + 1;
    looks.set(result.order.orderNumber, look);
    return { kind: 'order', order: change(result.order, look) };
  });
}

function onAbsent(what: 'fail' | 'any' | 'spoil'): ClientFault {
  return (shop) => ({
    fetchOrders: async (references, signal) => {
      const results = new Map(await shop.fetchOrders(references, signal));
      const absent = references.filter(
        (reference) => results.get(reference)?.kind === 'not-found' && /^\d/.test(reference),
      );
      const [first] = await allOf(shop.listUpdatedSince(new Date(0), signal));
      const any = (await shop.fetchOrders([first?.orderNumber ?? ''], signal)).get(first?.orderNumber ?? '');
      for (const reference of absent) {
        if (what === 'fail') results.set(reference, failed('shop_error'));
        if (what === 'any' && any !== undefined) results.set(reference, any);
      }
      if (what === 'spoil' && absent.length > 0) {
        return new Map(references.map((reference) => [reference, { kind: 'not-found' }]));
      }
      return results;
    },
  });
}

function onOdd(): ClientFault {
  return (shop) => ({
    fetchOrders: async (references, signal) => {
      if (references.some((reference) => !/^\d+$/.test(reference))) throw new SyncError('shop_error', 'HTTP 400.');
      return await shop.fetchOrders(references, signal);
    },
  });
}

function onList(change: (stub: OrderStub) => OrderStub): ClientFault {
  const changed = async function* (list: AsyncIterable<OrderStub>) {
    for await (const stub of list) yield change(stub);
  };
  return (shop) => ({ listUpdatedSince: (since, signal) => changed(shop.listUpdatedSince(since, signal)) });
}

/** One of the orders that changed at the time itself is on the page before. */
async function* withoutTwins(shop: StandInShop, since: Date, signal: AbortSignal): AsyncGenerator<OrderStub> {
  let isFirst = true;
  for await (const stub of shop.listUpdatedSince(since, signal)) {
    const isTwin = isFirst && stub.updatedAt === since.toISOString() && TWINS.includes(stub.shopOrderId ?? '');
    isFirst = false;
    if (!isTwin) yield stub;
  }
}
const TWINS = ['9030', '9031', '9032'];

/** A request returns what the latest one found. */
function sharing(): ClientFault {
  return (shop) => {
    let latest: ReturnType<ShopClient['fetchOrders']> | undefined;
    let running = 0;
    return {
      fetchOrders: async (references, signal) => {
        running += 1;
        latest = shop.fetchOrders(references, signal);
        latest.catch(() => undefined);
        await new Promise(setImmediate);
        const [found] = running > 1 ? [...(await latest).values()] : [];
        const own = await shop.fetchOrders(references, signal);
        await new Promise(setImmediate);
        running -= 1;
        return found === undefined ? own : new Map(references.map((reference) => [reference, found]));
      },
    };
  };
}

async function allOf(list: AsyncIterable<OrderStub>): Promise<OrderStub[]> {
  const stubs: OrderStub[] = [];
  for await (const stub of list) stubs.push(stub);
  return stubs;
}
async function* reversed(list: AsyncIterable<OrderStub>): AsyncGenerator<OrderStub> {
  yield* (await allOf(list)).reverse();
}
async function* filtered(list: AsyncIterable<OrderStub>, isIn: (stub: OrderStub, index: number) => boolean) {
  let index = 0;
  for await (const stub of list) if (isIn(stub, index++)) yield stub;
}

/** Faults of the requests: what a shop does wrong, the one check that notices it, and what that check says. */
export const CLIENT_FAULTS: readonly Case[] = [
  [
    'orders that its lists name but that cannot be fetched',
    'fetching',
    { client: onFetch((result, index) => (index === 3 ? { kind: 'not-found' } : result)) },
    /can't be found under the name/,
  ],
  ['orders left out of the reply', 'fetching', { client: dropping(2) }, /returned nothing for/],
  [
    'orders that are not valid',
    'fetching',
    { client: onFetch((result, index) => (index === 3 ? failed('invalid_order') : result)) },
    /can't be read/,
  ],
  [
    'content that changes with each look',
    'batches',
    { client: onEach((order, look) => ({ ...order, seen: look })) },
    /reads differently/,
  ],
  ['an error for an absent order', 'absent orders', { client: onAbsent('fail') }, /which was made up, .* shop_error/],
  ['some order for an absent one', 'absent orders', { client: onAbsent('any') }, /returned an order all the same/],
  ['a batch spoilt by an absent order', 'absent orders', { client: onAbsent('spoil') }, /spoils the batch/],
  ['an exception for an odd reference', 'bad references', { client: onOdd() }, /spoils its batch/],
  [
    'lists with entries that cannot be read',
    'list entries',
    { client: onList((stub) => (stub.shopOrderId === '9045' ? { ...stub, problem: 'status: expected one' } : stub)) },
    /1 entry of the list can't be read.*order \d+: status: expected one/,
  ],
  [
    'lists with another time of change',
    'list entries',
    {
      client: onList((stub) =>
        stub.shopOrderId === '9045' ? { ...stub, updatedAt: later(stub.updatedAt, 1_000) } : stub,
      ),
    },
    /: updatedAt/,
  ],
  [
    'lists that map the status in another way',
    'list entries',
    { client: onList((stub) => ({ ...stub, status: 'pending' })) },
    /itself differ, \d+ times/,
  ],
  [
    'another clock',
    'clock',
    { client: () => ({ now: async () => new Date(Date.now() - 8 * HOUR) }) },
    /changed in the future/,
  ],
  [
    'a clock that is ahead',
    'clock',
    { client: () => ({ now: async () => new Date(Date.now() + 8 * HOUR) }) },
    /480 min ahead/,
  ],
  [
    'changes with the newest first',
    'changed orders',
    { client: (shop) => ({ listUpdatedSince: (since, signal) => reversed(shop.listUpdatedSince(since, signal)) }) },
    /oldest change first/,
  ],
  [
    'changes of all time',
    'changed orders',
    { client: (shop) => ({ listUpdatedSince: (_, signal) => shop.listUpdatedSince(new Date(0), signal) }) },
    /before the time/,
  ],
  [
    'placed orders with the newest first',
    'placed orders',
    { client: (shop) => ({ listPlacedSince: (since, signal) => reversed(shop.listPlacedSince(since, signal)) }) },
    /oldest order first/,
  ],
  [
    'placed orders without the cancelled ones',
    'placed orders',
    {
      client: (shop) => ({
        listPlacedSince: (since, signal) =>
          filtered(shop.listPlacedSince(since, signal), ({ status }) => status !== 'cancelled'),
      }),
    },
    /leaves out 10 orders/,
  ],
  [
    'a list that begins after the time',
    'page borders',
    {
      client: (shop) => ({
        listUpdatedSince: (since, signal) => shop.listUpdatedSince(new Date(since.getTime() + 1), signal),
      }),
    },
    /depending on where a read begins/,
  ],
  [
    'a list that ends after its first page',
    'page borders',
    {
      client: (shop) => ({
        listUpdatedSince: (since, signal) => filtered(shop.listUpdatedSince(since, signal), (_, index) => index < 20),
      }),
    },
    /leaves out/,
  ],
  [
    'orders of one instant that fall between two pages',
    'page borders',
    { client: (shop) => ({ listUpdatedSince: (since, signal) => withoutTwins(shop, since, signal) }) },
    /one instant/,
  ],
  [
    'requests that share what they found',
    'two at a time',
    { client: sharing() },
    /bring what each of them brings alone/,
  ],
  [
    'a signal that is not passed on',
    'cancelling',
    { client: (shop) => ({ fetchOrders: (references) => shop.fetchOrders(references, new AbortController().signal) }) },
    /signal is aborted/,
  ],
  [
    'a check that fails',
    'credentials',
    { client: () => ({ check: () => Promise.reject(new SyncError('shop_error', 'No.')) }) },
    /check\(\) fails although/,
  ],
  ['no check', 'credentials', { client: () => ({ check: undefined }) as never }, /There is no check/],
];
