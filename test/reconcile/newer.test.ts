import { expect, it } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import type { ScanKind } from '../../src/internal-system/reconciliation-store.ts';
import type { ShopClient } from '../../src/shop/shop-client.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aScenario, HOUR, type Scenario } from './helpers/scenario.ts';

const KINDS: readonly ScanKind[] = ['changes', 'deep'];

/** SET-BACK was changed an hour before it was last stored; REVOKED is cancelled here only, at the same time. */
async function clockSetBack(scenario: Scenario): Promise<void> {
  const updatedAt = scenario.ago(2 * HOUR);
  await scenario.synced({ orderNumber: 'SET-BACK', updatedAt: scenario.ago(HOUR) }, { orderNumber: 'SAME', updatedAt });
  scenario.placed({ orderNumber: 'SET-BACK', status: 'cancelled', updatedAt });
  await scenario.synced({ orderNumber: 'REVOKED', status: 'cancelled', updatedAt });
  scenario.shop.put({ ...anOrderDocument(), ...scenario.shop.get('REVOKED'), status: 'paid' });
}

describeDatabases('orders that the shop shows as older than they are stored', (workbench) => {
  it.each(KINDS)('are reported by the scan of kind %s, and get no event', async (kind) => {
    const scenario = await aScenario(await workbench.open());
    await clockSetBack(scenario);
    for (const dryRun of [false, true, false]) {
      const { findings, summary, error } = await scenario.scan({ kind, dryRun });
      expect(error).toBeUndefined();
      expect(findings.toSorted((a, b) => (a.orderNumber < b.orderNumber ? -1 : 1))).toMatchObject([
        {
          orderNumber: 'REVOKED',
          status: 'paid',
          problem: 'newer',
          event: 'not-published',
          here: { status: 'cancelled' },
        },
        {
          orderNumber: 'SET-BACK',
          status: 'cancelled',
          problem: 'newer',
          event: 'not-published',
          here: { status: 'paid' },
        },
      ]);
      expect(summary).toMatchObject({ compared: 3, newer: 2, found: 0, known: 0, unreadable: 0 });
    }
    expect(scenario.published).toEqual([]);
  });
});

describeDatabases(
  'an order that the shop showed as older',
  (workbench) => {
    it.each(KINDS)('only for a moment is not reported by the scan of kind %s', async (kind) => {
      const scenario = await aScenario(await workbench.open());
      const updatedAt = scenario.ago(HOUR);
      scenario.placed({ orderNumber: 'A', updatedAt: scenario.ago(2 * HOUR), placedAt: updatedAt });
      let fetches = 0;
      const client: ShopClient = {
        ...scenario.shopAt(0),
        fetchOrders: async (references, signal) => {
          fetches += 1;
          // The replica catches up after it was asked for the list, or for the list and the order.
          if (fetches > (kind === 'deep' ? 1 : 0))
            scenario.placed({ orderNumber: 'A', status: 'cancelled', placedAt: updatedAt, updatedAt });
          return await scenario.client.fetchOrders(references, signal);
        },
      };
      const order = anOrderDocument({ orderNumber: 'A', status: 'cancelled', placedAt: updatedAt, updatedAt });
      await scenario.store(order);
      const { findings, summary } = await scenario.scan({ kind, with: { shop: client } });
      expect(findings).toEqual([]);
      expect(summary).toMatchObject({ compared: 1, newer: 0 });
    });

    it('and can no longer be fetched is unreadable', async () => {
      const scenario = await aScenario(await workbench.open());
      await clockSetBack(scenario);
      scenario.shop.setFaults(({ references }) => (references.includes('REVOKED') ? statusFault(404) : undefined));
      const { findings } = await scenario.scan({ kind: 'changes' });
      expect(findings).toContainEqual(
        expect.objectContaining({ orderNumber: 'REVOKED', problem: 'unreadable', reason: 'order_not_found' }),
      );
    });
  },
  ['SQLite'],
);
