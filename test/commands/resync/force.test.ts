import { expect, it } from 'vitest';
import { bringIn } from '../../../src/commands/resync/force.ts';
import type { InternalSystem } from '../../../src/internal-system/internal-system.ts';
import { OrderWriter } from '../../../src/internal-system/order-writer.ts';
import { OrderFetcher } from '../../../src/shop/order-fetcher.ts';
import { anOrder, aSnapshot } from '../../helpers/order-builder.ts';
import { describeDatabases } from '../../internal-system/helpers/test-databases.ts';

const older = { orderNumber: 'A1', status: 'cancelled', updatedAt: '2026-11-22T07:00:00.000Z' } as const;

/** A shop that shows the order as older than it is stored. */
function sides(writer: Pick<InternalSystem, 'writeOrders'>, system: Required<Pick<InternalSystem, 'findOrders'>>) {
  const shop = {
    fetchOrders: async (references: readonly string[]) =>
      new Map(references.map((reference) => [reference, { kind: 'order' as const, order: anOrder(older) }])),
  };
  const writing = { open: async () => undefined, writeOrders: writer.writeOrders.bind(writer) };
  return { fetcher: new OrderFetcher(shop, { concurrency: 1 }), system, writer: new OrderWriter(writing) };
}

describeDatabases(
  'forcing an order',
  (workbench) => {
    it('replaces the version that was shown, and no other that was stored in between', async () => {
      const system = await workbench.open();
      await system.writeOrders([aSnapshot({ order: { orderNumber: 'A1' } })]);
      const shown = await bringIn('A1', sides(system, system));
      if (shown.outcome !== 'stale') throw new Error(`expected an older order, found ${shown.outcome}`);
      await system.writeOrders([
        aSnapshot({ order: { orderNumber: 'A1', status: 'refunded', updatedAt: '2026-11-22T09:00:00Z' } }),
      ]);
      expect(await shown.replace()).toMatchObject({ outcome: null, error: { reason: 'write_failed' } });
      expect((await system.findOrders('A1'))[0]?.stored?.status).toBe('refunded');
      const again = await bringIn('A1', sides(system, system));
      if (again.outcome !== 'stale') throw new Error(`expected an older order, found ${again.outcome}`);
      expect(await again.replace()).toMatchObject({ outcome: 'synced', replaced: { status: 'refunded' } });
      expect((await system.findOrders('A1'))[0]?.stored).toMatchObject({
        status: 'cancelled',
        updatedAt: older.updatedAt,
      });
    });

    it('is refused by an internal system that does not name what it holds', async () => {
      const system = await workbench.open();
      const silent: Pick<InternalSystem, 'writeOrders'> = {
        writeOrders: async (snapshots) => snapshots.map(() => ({ outcome: 'stale', conflict: false })),
      };
      const result = await bringIn('A1', sides(silent, system));
      expect(result).toMatchObject({ outcome: null, error: { reason: 'write_rejected' } });
    });
  },
  ['SQLite'],
);
