import { PEOPLE } from '../people.ts';
import type { RealCase } from '../real-case.ts';
import type { Cart, MedusaOrders } from './orders.ts';

const { anna, xiaoming, taro, lukasz, sean, zoe } = PEOPLE;
const some = (person: Cart['person'], more: Partial<Cart> = {}): Cart => {
  const items = [
    ['PEN-EF', 2],
    ['BOOK-001', 1],
    ['SCR-M3', 7],
  ] as const;
  return { person, items, ...more };
};

/** Places an order, then does something to it. */
function then(cart: Cart, change: (orders: MedusaOrders, id: string) => Promise<void>) {
  return async (orders: MedusaOrders) => {
    const id = await orders.place(cart);
    await change(orders, id);
    return id;
  };
}

/** Captures the payment of an order, then does something to it. */
function paid(cart: Cart, change: (orders: MedusaOrders, id: string) => Promise<void> = async () => undefined) {
  return then(cart, async (orders, id) => {
    await orders.capture(id);
    await change(orders, id);
  });
}

export const CASES: readonly RealCase<MedusaOrders>[] = [
  {
    title: 'paid, euros with tax',
    status: 'paid',
    play: paid(some(anna)),
    unseen: { title: 'refunded in part', status: 'paid', play: (orders, id) => orders.refund(id, 5) },
  },
  {
    title: 'paid, dollars without tax, another billing address',
    status: 'paid',
    play: paid(some(zoe, { billing: anna })),
    unseen: { title: 'cancelled', status: 'cancelled', play: (orders, id) => orders.cancel(id) },
  },
  { title: 'paid, yuan', status: 'paid', play: paid(some(xiaoming)) },
  {
    title: 'paid, yen',
    status: 'paid',
    play: paid(some(taro)),
    unseen: { title: 'refunded', status: 'refunded', play: (orders, id) => orders.refund(id) },
  },
  { title: '10 % off, euros', status: 'paid', play: paid(some(lukasz, { coupons: ['SAVE10'] })) },
  {
    title: '10 % off and free shipping, dollars, express',
    status: 'paid',
    play: paid(some(zoe, { coupons: ['SAVE10', 'FREESHIP'], shipping: 'Express' })),
  },
  { title: '10 % off, yen', status: 'paid', play: paid(some(taro, { coupons: ['SAVE10'] })) },
  {
    title: '137 screws at 0.07, 10 % off',
    status: 'paid',
    play: paid({ person: anna, items: [['SCR-M3', 137]], coupons: ['SAVE10'] }),
  },
  {
    title: 'an order over 0',
    status: 'paid',
    play: (orders) => orders.place({ person: sean, items: [['STK-0', 1]], shipping: 'Pick-up' }),
  },
  {
    title: 'authorised, not paid',
    status: 'pending',
    play: (orders) => orders.place(some(sean)),
    unseen: { title: 'captured', status: 'paid', play: (orders, id) => orders.capture(id) },
  },
  { title: 'captured in part', status: 'pending', play: then(some(zoe), (orders, id) => orders.capture(id, 0.5)) },
  { title: 'cancelled, never paid', status: 'cancelled', play: then(some(zoe), (orders, id) => orders.cancel(id)) },
  {
    title: 'cancelled after it was paid',
    status: 'cancelled',
    play: paid(some(anna), (orders, id) => orders.cancel(id)),
  },
  {
    title: 'refunded, then cancelled',
    status: 'cancelled',
    play: paid(some(taro), async (orders, id) => {
      await orders.refund(id);
      await orders.cancel(id);
    }),
  },
  { title: 'refunded', status: 'refunded', play: paid(some(xiaoming), (orders, id) => orders.refund(id)) },
  { title: 'refunded in part', status: 'paid', play: paid(some(lukasz), (orders, id) => orders.refund(id, 5)) },
  {
    title: 'refunded in part, twice',
    status: 'paid',
    play: paid(some(zoe, { coupons: ['SAVE10'] }), async (orders, id) => {
      await orders.refund(id, 1);
      await orders.refund(id, 2.5);
    }),
  },
  {
    title: 'packed in part',
    status: 'paid',
    play: paid(some(anna), (orders, id) => orders.pack(id, { firstLineOnly: true })),
  },
  { title: 'packed', status: 'paid', play: paid(some(anna), (orders, id) => orders.pack(id)) },
  {
    title: 'shipped',
    status: 'completed',
    play: paid(some(lukasz), (orders, id) => orders.ship(id)),
    unseen: { title: 'refunded in part', status: 'completed', play: (orders, id) => orders.refund(id, 3) },
  },
  {
    title: 'delivered and completed',
    status: 'completed',
    play: paid(some(sean), async (orders, id) => {
      await orders.ship(id, { isDelivered: true });
      await orders.complete(id);
    }),
  },
  {
    title: 'edited: one piece more, to be paid',
    status: 'pending',
    play: paid(some(zoe, { coupons: ['SAVE10'] }), (orders, id) => orders.edit(id, (quantity) => quantity + 1)),
    unseen: { title: 'paid', status: 'paid', play: (orders, id) => orders.payRest(id) },
  },
  {
    title: 'edited: one piece more, paid',
    status: 'paid',
    play: paid(some(lukasz), async (orders, id) => {
      await orders.edit(id, (quantity) => quantity + 1);
      await orders.payRest(id);
    }),
  },
  {
    title: 'edited: a line removed, its price refunded',
    status: 'paid',
    play: paid(some(anna), async (orders, id) => {
      await orders.edit(id, () => 0);
      await orders.refund(id, 99.8);
    }),
  },
  {
    title: 'edited: a line removed, not refunded yet',
    status: 'paid',
    play: paid(some(zoe), (orders, id) => orders.edit(id, () => 0)),
  },
  {
    title: 'moved to another address',
    status: 'paid',
    play: paid(some(anna), (orders, id) => orders.moveTo(id, { ...anna, lines: ['Neue Straße 1'] })),
  },
];

/** None of these is an order. */
export async function playNoOrders(orders: MedusaOrders): Promise<void> {
  await orders.fillCart(some(anna));
}
