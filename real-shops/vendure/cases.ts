import { PEOPLE } from '../people.ts';
import type { RealCase } from '../real-case.ts';
import type { Cart, VendureOrders } from './orders.ts';

const { anna, xiaoming, taro, lukasz, sean, zoe } = PEOPLE;
const some = (person: Cart['person'], more: Partial<Cart> = {}): Cart => {
  const items = [
    ['PEN-EF', 2],
    ['BOOK-001', 1],
    ['GIFT-25', 1],
  ] as const;
  return { person, items, ...more };
};
const EVERYTHING = 'NB-A5 PEN-EF PEN-F PEN-M CUP-青花-01 BOOK-001 GIFT-25 SCR-M3 DESK-OAK DESK-WAL STK-0'.split(' ');

/** Places an order, then does something to it. */
function then(cart: Cart, change: (orders: VendureOrders, id: string) => Promise<void>) {
  return async (orders: VendureOrders) => {
    const id = await orders.place(cart);
    await change(orders, id);
    return id;
  };
}

export const CASES: readonly RealCase<VendureOrders>[] = [
  {
    title: 'paid by card',
    status: 'paid',
    play: (orders) => orders.place(some(anna)),
    unseen: { title: 'refunded in part', status: 'paid', play: (orders, id) => orders.refund(id, 700) },
  },
  {
    title: 'paid by card, another tax zone',
    status: 'paid',
    play: (orders) => orders.place(some(xiaoming)),
    unseen: { title: 'cancelled', status: 'cancelled', play: (orders, id) => orders.cancel(id) },
  },
  {
    title: '10 % off',
    status: 'paid',
    play: (orders) => orders.place(some(lukasz, { coupons: ['SAVE10'] })),
    unseen: { title: 'refunded', status: 'refunded', play: (orders, id) => orders.refund(id) },
  },
  {
    title: '10 % and 5 euros off, express, another billing address',
    status: 'paid',
    play: (orders) =>
      orders.place(some(zoe, { coupons: ['SAVE10', 'WELCOME5'], shipping: 'express-shipping', billing: anna })),
    unseen: { title: 'shipped', status: 'completed', play: (orders, id) => orders.ship(id) },
  },
  { title: 'yen', status: 'paid', play: (orders) => orders.place(some(taro, { currency: 'JPY' })) },
  {
    title: 'yen, 10 % off',
    status: 'paid',
    play: (orders) => orders.place(some(taro, { currency: 'JPY', coupons: ['SAVE10'] })),
  },
  {
    title: 'one of everything, free shipping',
    status: 'paid',
    play: (orders) => orders.place({ person: anna, items: EVERYTHING.map((sku) => [sku, 1]), coupons: ['SAVE10'] }),
  },
  {
    title: '137 screws at 0.07, 10 % off',
    status: 'paid',
    play: (orders) => orders.place({ person: zoe, items: [['SCR-M3', 137]], coupons: ['SAVE10'] }),
  },
  {
    title: 'an order over 0',
    status: 'paid',
    play: (orders) => orders.place({ person: sean, items: [['STK-0', 1]], shipping: 'pick-up' }),
  },
  {
    title: 'paid after a declined card',
    status: 'paid',
    play: (orders) => orders.place(some(sean, { isDeclinedFirst: true })),
  },
  {
    title: 'authorised, not paid',
    status: 'pending',
    play: (orders) => orders.place(some(anna, { payment: 'invoice' })),
    unseen: { title: 'settled', status: 'paid', play: (orders, id) => orders.settle(id) },
  },
  {
    title: 'authorised, settled later',
    status: 'paid',
    play: then(some(lukasz, { payment: 'invoice' }), (orders, id) => orders.settle(id)),
  },
  {
    title: 'authorised, cancelled',
    status: 'cancelled',
    play: then(some(sean, { payment: 'invoice' }), (orders, id) => orders.cancel(id)),
  },
  {
    title: 'cancelled, the money kept',
    status: 'cancelled',
    play: then(some(anna), (orders, id) => orders.cancel(id)),
    unseen: { title: 'refunded', status: 'cancelled', play: (orders, id) => orders.refund(id) },
  },
  {
    title: 'cancelled and refunded',
    status: 'cancelled',
    play: then(some(taro), async (orders, id) => {
      await orders.cancel(id);
      await orders.refund(id);
    }),
  },
  {
    title: 'refunded, then cancelled',
    status: 'cancelled',
    play: then(some(taro), async (orders, id) => {
      await orders.refund(id);
      await orders.cancel(id);
    }),
  },
  { title: 'refunded', status: 'refunded', play: then(some(zoe), (orders, id) => orders.refund(id)) },
  { title: 'refunded in part', status: 'paid', play: then(some(xiaoming), (orders, id) => orders.refund(id, 500)) },
  {
    title: 'refunded in part, a second refund under way',
    status: 'paid',
    play: then(some(zoe, { coupons: ['SAVE10'] }), async (orders, id) => {
      await orders.refund(id, 100);
      await orders.refund(id, 250, false);
    }),
  },
  {
    title: 'one line cancelled and refunded',
    status: 'paid',
    play: then(some(anna), async (orders, id) => {
      await orders.cancelPieces(id);
      await orders.refund(id, 9_980);
    }),
  },
  {
    title: 'one piece cancelled',
    status: 'paid',
    play: then(some(lukasz), (orders, id) => orders.cancelPieces(id, 1)),
    unseen: { title: 'its line cancelled', status: 'paid', play: (orders, id) => orders.cancelPieces(id) },
  },
  {
    title: 'shipped in part',
    status: 'paid',
    play: then(some(xiaoming), (orders, id) => orders.ship(id, { firstLineOnly: true })),
  },
  { title: 'shipped', status: 'completed', play: then(some(taro), (orders, id) => orders.ship(id)) },
  {
    title: 'delivered',
    status: 'completed',
    play: then(some(sean), (orders, id) => orders.ship(id, { isDelivered: true })),
  },
  {
    title: 'shipped, then refunded',
    status: 'refunded',
    play: then(some(sean), async (orders, id) => {
      await orders.ship(id);
      await orders.refund(id);
    }),
  },
  {
    title: 'being modified',
    status: 'on_hold',
    play: then(some(anna), (orders, id) => orders.modify(id, { street: 'Neue Straße 1' })),
  },
  {
    title: 'modified: another address',
    status: 'paid',
    play: then(some(anna), async (orders, id) => {
      await orders.modify(id, { street: 'Neue Straße 1' });
      await orders.toState(id, 'PaymentSettled');
    }),
  },
  {
    title: 'modified: an item and a surcharge more, to be paid',
    status: 'pending',
    play: then(some(lukasz), async (orders, id) => {
      await orders.modify(id, { add: 'NB-A5', surcharge: 350 });
      await orders.toState(id, 'ArrangingAdditionalPayment');
    }),
    unseen: { title: 'paid', status: 'paid', play: (orders, id) => orders.payRest(id) },
  },
  {
    title: 'modified: an item and a surcharge more, paid',
    status: 'paid',
    play: then(some(zoe, { coupons: ['SAVE10'] }), async (orders, id) => {
      await orders.modify(id, { add: 'NB-A5', surcharge: 350 });
      await orders.toState(id, 'ArrangingAdditionalPayment');
      await orders.payRest(id);
    }),
  },
];

/** None of these is an order. */
export async function playNoOrders(orders: VendureOrders): Promise<void> {
  await orders.fillCart(some(anna));
  await orders.draft();
}
