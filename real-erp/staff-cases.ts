import type { Case } from './cases.ts';
import type { Expectation } from './compare.ts';
import { anOrder } from './orders.ts';
import type { Rig } from './rig.ts';

/** Staff click in Tryton, and then the shop changes its mind. */
export const STAFF_CASES: readonly Case[] = [
  {
    title: 'in work when the shop cancels or changes it: left, and a conflict',
    play: async (rig, number) => {
      const orders = ['cancel', 'change'].map((name) => anOrder(number(name), { items: { 'NB-A5': 3 } }));
      await rig.happens(...orders);
      const sales = await rig.must(...orders.map((order) => ({ order, state: 'confirmed' as const })));
      for (const { id } of sales) await rig.parts.staff.click(id, 'process');
      const cancelled = anOrder(number('cancel'), { items: { 'NB-A5': 3 }, status: 'cancelled' });
      const changed = anOrder(number('change'), { items: { 'NB-A5': 1 } });
      await rig.happens(cancelled, changed);
      const problems = [
        ...(await rig.conflicts(cancelled, 'cancelled')),
        ...(await rig.conflicts(changed, 'items_removed')),
      ];
      return await withProblems(
        problems,
        rig,
        orders.map((order) => ({ order, state: 'processing' as const })),
      );
    },
  },
  {
    title: 'cancelled by staff when the shop changes it: left, and a conflict',
    play: async (rig, number) => {
      const order = anOrder(number('order'));
      await rig.happens(order);
      const [sale] = await rig.must({ order, state: 'confirmed' });
      await rig.parts.staff.click(sale?.id ?? 0, 'draft', 'cancel');
      const changed = anOrder(number('order'), { items: { 'PEN-EF': 1 } });
      await rig.happens(changed);
      const problems = await rig.conflicts(changed, 'reinstated');
      return await withProblems(problems, rig, [{ order, state: 'cancelled' }]);
    },
  },
  {
    title: "edited by staff when the shop changes it: the order's again",
    play: async (rig, number) => {
      const order = anOrder(number('order'));
      await rig.happens(order);
      const [sale] = await rig.must({ order, state: 'confirmed' });
      await rig.parts.staff.click(sale?.id ?? 0, 'draft');
      await rig.parts.staff.write(sale?.id ?? 0, { comment: 'call them' });
      const changed = anOrder(number('order'), { items: { 'PEN-EF': 1 }, address: 1 });
      await rig.happens(changed);
      return await rig.reach([{ order: changed, state: 'confirmed' }]);
    },
  },
  {
    title: 'a product that Tryton does not have: refused, a dead letter',
    play: async (rig, number) => {
      const before = await rig.parts.events.deadLetters();
      const order = anOrder(number('order'), { items: { 'NO-SUCH': 1 } });
      await rig.happens(order);
      await rig.deadLetters(before + 1);
      return await rig.reach([{ order, state: 'none' }]);
    },
  },
];

async function withProblems(problems: readonly string[], rig: Rig, expected: readonly Expectation[]) {
  const result = await rig.reach(expected);
  return { ...result, problems: [...problems, ...result.problems] };
}
