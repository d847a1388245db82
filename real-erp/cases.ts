import type { Expectation } from './compare.ts';
import { anOrder, type Plan } from './orders.ts';
import type { Rig, Row } from './rig.ts';

export interface Case {
  readonly title: string;
  readonly play: (rig: Rig, number: (name: string) => string) => Promise<Omit<Row, 'title'>>;
}

type Shape = readonly [name: string, plan: Plan, state: Expectation['state']];

const SHAPES: readonly Shape[] = [
  ['plain', {}, 'confirmed'],
  ['lines', { items: { 'NB-A5': 3, 'PEN-EF': 1, 'CUP-青花-01': 2 }, address: 1 }, 'confirmed'],
  ['discount', { items: { 'PEN-EF': 2 }, discount: 1000, address: 2 }, 'confirmed'],
  ['gift-card', { items: { 'DESK-OAK': 1 }, giftCard: 2500 }, 'confirmed'],
  ['untaxed', { isUntaxed: true, address: 1 }, 'confirmed'],
  ['digital', { shipping: 0, address: null }, 'confirmed'],
  ['dollars', { currency: 'USD', items: { 'NB-A5': 7 } }, 'confirmed'],
  ['free', { items: { 'STK-0': 1, 'NB-A5': 1 } }, 'confirmed'],
  ['many', { items: { 'NB-A5': 250 }, shipping: 0 }, 'confirmed'],
  ['completed', { status: 'completed' }, 'confirmed'],
  ['on-hold', { status: 'on_hold' }, 'quotation'],
  ['pending', { status: 'pending' }, 'none'],
  ['cancelled', { status: 'cancelled' }, 'none'],
];

/** From → to, and what the sale is to be then. */
const CHANGES: readonly (readonly [name: string, from: Plan, to: Plan, state: Expectation['state']])[] = [
  ['fewer', { items: { 'NB-A5': 3, 'PEN-EF': 1 } }, { items: { 'NB-A5': 1 } }, 'confirmed'],
  ['more', {}, { items: { 'NB-A5': 2, 'DESK-OAK': 1 } }, 'confirmed'],
  ['moved', {}, { address: 2 }, 'confirmed'],
  ['held', {}, { status: 'on_hold' }, 'quotation'],
  ['released', { status: 'on_hold' }, {}, 'confirmed'],
  ['unpaid', {}, { status: 'pending' }, 'quotation'],
  ['done', {}, { status: 'completed' }, 'confirmed'],
  ['cancel-held', { status: 'on_hold' }, { status: 'cancelled' }, 'cancelled'],
  ['cancel-paid', {}, { status: 'cancelled' }, 'cancelled'],
  ['refund', {}, { status: 'refunded' }, 'cancelled'],
];

export const CASES: readonly Case[] = [
  {
    title: 'orders of every kind',
    play: async (rig, number) => {
      const expected = SHAPES.map(([name, plan, state]) => ({ order: anOrder(number(name), plan), state }));
      await rig.happens(...expected.map(({ order }) => order));
      return await rig.reach(expected);
    },
  },
  {
    title: 'changed, held, cancelled in each state',
    play: async (rig, number) => {
      const before = CHANGES.map(([name, from]) => anOrder(number(name), from));
      await rig.happens(...before);
      const isHeld = (plan: Plan) => plan.status === 'on_hold';
      await rig.must(
        ...CHANGES.map(([name, from], index) => ({
          order: before[index] ?? anOrder(number(name), from),
          state: isHeld(from) ? ('quotation' as const) : ('confirmed' as const),
        })),
      );
      const after = CHANGES.map(([name, , to]) => anOrder(number(name), to));
      await rig.happens(...after);
      return await rig.reach(
        CHANGES.map(([name, from, to, state], index) => {
          // What is cancelled keeps the lines that it had.
          const kept = state === 'cancelled' ? before[index] : after[index];
          return { order: kept ?? anOrder(number(name), state === 'cancelled' ? from : to), state };
        }),
      );
    },
  },
  {
    title: 'cancelled, and valid again',
    play: async (rig, number) => {
      const [paid, cancelled] = [anOrder(number('again')), anOrder(number('again'), { status: 'cancelled' })];
      await rig.happens(paid);
      await rig.must({ order: paid, state: 'confirmed' });
      await rig.happens(cancelled);
      await rig.must({ order: paid, state: 'cancelled' });
      const again = anOrder(number('again'), { items: { 'PEN-EF': 1 } });
      await rig.happens(again);
      return await rig.reach([{ order: again, state: 'confirmed' }]);
    },
  },
];
