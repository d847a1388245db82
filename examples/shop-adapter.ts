/**
 * A shop that speaks JSON-RPC: errors with HTTP 200, money in cents, times in epoch seconds, order numbers as JSON numbers.
 * Run it with SHOP_ADAPTER=./examples/shop-adapter.ts, SHOP_RPC_URL, and SHOP_RPC_TOKEN or SHOP_RPC_TOKEN_FILE.
 */
// In a project of your own: from 'order-sync/shop'.
import { at, auth, defineShop, type Fields, lists, type ShopRequests } from '../src/shop/toolkit/index.ts';

const STATES = new Map(Object.entries({ NEW: 'pending', PAID: 'paid', DONE: 'completed', CANCELED: 'cancelled' }));
const TIMES = { placedAt: 'created', updatedAt: 'changed', paidAt: 'paid', cancelledAt: 'canceled' };
const TOTALS = { items: 'goods', shipping: 'freight', discount: 'coupon', refunded: 'refunded', grand: 'total' };

function toOrder(order: Fields) {
  const times = order.object('times')?.epochTimes(TIMES);
  const totals = order.object('money')?.minorAmounts(TOTALS, 2);
  const lines = order.list('items').map((item) => {
    const amounts = item.minorAmounts({ unitPrice: 'price', lineTotal: 'total' }, 2);
    return { ...item.texts({ sku: 'sku', name: 'title' }), quantity: item.number('qty'), ...amounts };
  });
  const payments = times?.paidAt ? [{ method: 'shop', amount: totals?.grand, paidAt: times.paidAt }] : [];
  const names = order.texts({ orderNumber: 'no', shopOrderId: 'id', currency: 'currency' });
  const people = { buyer: order.value('buyer'), shippingAddress: order.value('shippingAddress') };
  return { ...names, status: STATES.get(order.id('state')), ...times, ...people, lines, totals, payments };
}

const getOrders = async (api: ShopRequests, refs: readonly string[]) =>
  lists.of(at(await api.post('', { jsonrpc: '2.0', id: 1, method: 'orders.get', params: { refs } }), 'result'));

export default defineShop((settings) => ({
  api: {
    baseUrl: settings.url('SHOP_RPC_URL'),
    auth: auth.bearer(settings.secret('SHOP_RPC_TOKEN')),
    problem: ({ json }) => (at(json, 'error') === undefined ? undefined : 'shop_error'),
  },
  names: ['no', 'id'],
  maxBatch: 20,
  many: getOrders,
  toOrder,
  ping: (api) => getOrders(api, []),
}));
