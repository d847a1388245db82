import { setTimeout as pause } from 'node:timers/promises';
import type { OrderDocument } from '../demo/orders/make-orders.ts';
import type { Case } from './cases.ts';
import type { Expectation } from './compare.ts';
import { anOrder, type Plan } from './orders.ts';
import type { Moment } from './tryton/watching-proxy.ts';

const MOMENTS: readonly Moment[] = ['before', 'after'];
/** The transactions of a new order, of a changed one, and of a cancelled one. */
const NEW = ['create', 'quote', 'confirm'];
const CHANGED = ['draft', 'write', 'quote', 'confirm'];
const CANCELLED = ['draft', 'write', 'cancel'];

interface Kill {
  readonly method: string;
  readonly moment: Moment;
  readonly from: Plan | undefined;
  readonly to: Plan;
}

const KILLS: readonly Kill[] = MOMENTS.flatMap((moment) => [
  ...NEW.map((method) => ({ method, moment, from: undefined, to: {} })),
  ...CHANGED.map((method) => ({ method, moment, from: {}, to: { items: { 'PEN-EF': 2 } } })),
  ...CANCELLED.map((method) => ({ method, moment, from: {}, to: { status: 'cancelled' as const } })),
]);

/** Power cuts, at each call and in the middle of much work. */
export const KILL_CASES: readonly Case[] = [
  {
    title: `the daemon killed before and after each call (${KILLS.length} times)`,
    play: async (rig, number) => {
      const name = (index: number) => number(`kill-${index}`);
      const before = KILLS.map(({ from }, index) => from && anOrder(name(index), from));
      const known = before.filter((order) => order !== undefined);
      await rig.happens(...known);
      await rig.must(...known.map((order) => ({ order, state: 'confirmed' as const })));
      const expected: Expectation[] = [];
      for (const [index, { method, moment, to }] of KILLS.entries()) {
        const order = anOrder(name(index), to);
        const killed = rig.parts.proxy.next(method, moment, () => rig.parts.daemons[0].kill());
        await rig.happens(order);
        await killed;
        await rig.parts.daemons[0].start();
        const isCancelled = to.status === 'cancelled';
        expected.push({
          order: (isCancelled && before[index]) || order,
          state: isCancelled ? 'cancelled' : 'confirmed',
        });
      }
      return await rig.reach(expected);
    },
  },
  {
    title: 'Tryton killed in the middle of work, and back',
    play: async (rig, number) => {
      const orders = range(20).map((index) => anOrder(number(`erp-${index}`), { items: { 'NB-A5': 1 + index } }));
      const killed = rig.parts.proxy.next('quote', 'after', () => rig.parts.tryton.kill());
      await rig.happens(...orders);
      await killed;
      await pause(2_000);
      await rig.parts.tryton.start();
      return await rig.reach(orders.map((order) => ({ order, state: 'confirmed' })));
    },
  },
  {
    title: '60 orders, two daemons, every event three times, one daemon killed',
    play: async (rig, number) => {
      const [first, second] = rig.parts.daemons;
      await second.start();
      const orders = range(60).map((index) => anOrder(number(`two-${index}`), planOf(index)));
      await rig.happens(...orders, ...orders.toReversed());
      await first.kill();
      await rig.happens(...orders);
      const changes = orders
        .slice(0, 15)
        .map((_, index) => anOrder(number(`two-${index}`), { items: { 'PEN-EF': 3 } }));
      const cancels = range(10).map((index) => anOrder(number(`two-${20 + index}`), { status: 'cancelled' }));
      await first.start();
      await rig.happens(...changes, ...cancels, ...changes);
      const result = await rig.reach(
        [...orders.entries()].map(([index, order]) => expectationOf(index, order, changes)),
      );
      await second.stop();
      return result;
    },
  },
];

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function planOf(index: number): Plan {
  return { items: { 'NB-A5': 1 + (index % 4), ...(index % 2 === 0 && { 'CUP-青花-01': 1 }) }, address: index % 3 };
}

function expectationOf(index: number, order: OrderDocument, changes: readonly OrderDocument[]): Expectation {
  const isCancelled = index >= 20 && index < 30;
  return { order: changes[index] ?? order, state: isCancelled ? 'cancelled-or-none' : 'confirmed' };
}
