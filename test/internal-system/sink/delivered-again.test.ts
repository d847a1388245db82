import { expect, it } from 'vitest';
import { aLedgeredSink, CANCELLED, facts, PAID } from '../helpers/ledgered-sink.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

describeDatabases('a delivery to an ERP, again to see whether it works', (workbench) => {
  const open = (shop = uniqueName(), sink = {}) => aLedgeredSink(workbench.database.url, shop, sink);

  it('delivers again on request what was delivered, and changes nothing by it', async () => {
    const { system, deliver, deliveries } = await open();
    await system.writeOrders([PAID]);
    await deliver(PAID);
    expect(await deliver(PAID, { again: true })).toMatchObject({ outcome: 'delivered' });
    expect(deliveries.map(facts)).toMatchObject([
      { revision: 1 },
      { revision: 1, uncertain: false, previous: { revision: 1 } },
    ]);
  });

  it('delivers nothing on request that is no longer stored', async () => {
    const shop = uniqueName();
    const { system, deliver, deliveries } = await open(shop);
    await system.writeOrders([PAID]);
    await deliver(PAID);
    for (const table of ['order_lines', 'orders'])
      await workbench.database.sql(`DELETE FROM ${table} WHERE shop = '${shop}'`);
    expect(await deliver(PAID, { again: true })).toEqual({ outcome: 'unchanged' });
    expect(deliveries).toHaveLength(1);
  });

  it('delivers nothing on request that somebody removed from the ERP, and the next version all the same', async () => {
    let found = [{ erpId: 'S-A1' }];
    const { system, deliver, deliveries } = await open(uniqueName(), { find: async () => found });
    await system.writeOrders([PAID]);
    await deliver(PAID);
    expect(await deliver(PAID, { again: true })).toMatchObject({ outcome: 'delivered' });
    found = [];
    expect(await deliver(PAID, { again: true })).toEqual({ outcome: 'unchanged' });
    expect(deliveries).toHaveLength(2);
    await system.writeOrders([CANCELLED]);
    expect(await deliver(CANCELLED)).toMatchObject({ outcome: 'delivered' });
    expect(deliveries.map(facts)).toMatchObject([{}, {}, { revision: 2, uncertain: false }]);
  });
});
