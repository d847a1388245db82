import { afterEach, expect, it, vi } from 'vitest';
import { aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { describeDatabases } from '../helpers/test-databases.ts';
import { LATER, NOON } from '../helpers/writes.ts';

afterEach(() => {
  vi.useRealTimers();
});

function snapshot(order: Partial<OrderDocument>) {
  return aSnapshot({ order: { shopOrderId: 'a1', ...order }, eventInfo: { event: 'updated' } });
}

describeDatabases('an order that got another number', (workbench) => {
  it.each(['a while', 'less than a millisecond'])(
    'is one order, under its new number, whatever it is called, %s later',
    async (when) => {
      const system = await workbench.open();
      if (when !== 'a while') vi.useFakeTimers({ toFake: ['Date'] });
      await system.writeOrders([snapshot({ orderNumber: 'A1', updatedAt: NOON })]);
      await system.writeOrders([snapshot({ orderNumber: 'A2', updatedAt: LATER })]);
      const [record, ...more] = await system.findOrders('A2');
      expect(record).toMatchObject({ reference: 'A2', orderNumber: 'A2', shopOrderId: 'a1', state: 'synced' });
      expect(record?.stored).not.toBeNull();
      expect(more).toEqual([]);
      for (const name of ['A1', 'a1']) expect(await system.findOrders(name), name).toEqual([record]);
      expect(await system.listOrders({ limit: 9 })).toEqual([{ ...record, cursor: expect.any(String) }]);
    },
  );
});
