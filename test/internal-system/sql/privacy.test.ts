import { expect, it } from 'vitest';
import { contentHash } from '../../../src/internal-system/newest-wins.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { aLine, anOrder, aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { aLedgeredSink } from '../helpers/ledgered-sink.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const PERSONAL = /王小明|xiaoming|138 0000|浙江|杭州|西湖|文三路|310000|请周末送货|2026112222001400001|engraved/;
const LINE = { ...aLine({ sku: 'RING' }), note: 'engraved: 王小明' };
const DONE = { orderNumber: 'F1', status: 'completed', extra: '王小明' } as const;

function aDone(overrides: Partial<OrderDocument> = {}) {
  return aSnapshot({ order: { ...DONE, lines: [LINE], ...overrides } });
}

async function documentOf(system: SqlInternalSystem, number: string): Promise<string> {
  const [record] = await system.findOrders(number);
  return record?.stored?.document ?? '';
}

describeDatabases('a buyer who is forgotten', (workbench) => {
  it('leaves the order, its amounts and its country, and nothing of a person anywhere', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.writeOrders([aDone(), aDone({ orderNumber: 'OTHER' })]);
    await system.recordFailures([
      aFailure('id-F1', { state: 'dead-lettered', reason: 'invalid_order', message: '王小明 is no name.' }),
    ]);
    expect(await documentOf(system, 'F1')).toMatch(PERSONAL);
    expect(await system.privacy.forget('F1', false)).toBe('forgotten');
    const tables = ['orders', 'order_lines', 'order_ledger'];
    for (const table of tables) {
      const rows = await workbench.database.sql(
        `SELECT * FROM ${table} WHERE shop = '${shop}' AND (order_number IS NULL OR order_number <> 'OTHER')`,
      );
      expect(JSON.stringify(rows), table).not.toMatch(PERSONAL);
    }
    const document = JSON.parse(await documentOf(system, 'F1'));
    expect(document).toMatchObject({
      totals: { grand: '129.40' },
      shippingAddress: { country: 'CN', recipient: null },
    });
    const failures = await workbench.database.sql(
      `SELECT last_error FROM order_ledger WHERE shop = '${shop}' AND reference = '?id-F1'`,
    );
    expect(failures).toEqual([{ last_error: "invalid_order: deleted with the buyer's data" }]);
    expect(await documentOf(system, 'OTHER')).toMatch(PERSONAL);
  });

  it('does not come back: an unchanged event changes nothing, reconciliation agrees, and a newer version is stored without them', async () => {
    const system = await workbench.open();
    await system.writeOrders([aDone()]);
    await system.privacy.forget('F1', false);
    const [unchanged] = await system.writeOrders([aDone()]);
    expect(unchanged?.outcome).toBe('unchanged');
    expect(await documentOf(system, 'F1')).not.toMatch(PERSONAL);
    const [known] = await system.reconciliation.knownOrders([{ orderNumber: 'F1' }]);
    expect(known?.stored?.contentHash).toBe(contentHash(anOrder({ ...DONE, lines: [LINE] })));
    const updatedAt = '2026-12-01T00:00:00.000Z';
    const [refunded] = await system.writeOrders([aDone({ status: 'refunded', updatedAt })]);
    expect(refunded).toMatchObject({ outcome: 'synced', conflict: false });
    expect(await documentOf(system, 'F1')).toContain('refunded');
    expect(await documentOf(system, 'F1')).not.toMatch(PERSONAL);
    const [again] = await system.writeOrders([aDone({ status: 'refunded', updatedAt })]);
    expect(again?.outcome).toBe('unchanged');
    const [after] = await system.reconciliation.knownOrders([{ orderNumber: 'F1' }]);
    expect(after?.stored?.contentHash).toBe(
      contentHash(anOrder({ ...DONE, lines: [LINE], status: 'refunded', updatedAt })),
    );
    const [record] = await system.findOrders('F1');
    expect(record?.stored?.forgottenAt).toMatch(/^20/);
  });

  it('raises no conflict about an address that is gone here and unchanged in the shop', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.writeOrders([aDone()]);
    await workbench.database.sql(`UPDATE orders SET fulfilment_status = 'shipped' WHERE shop = '${shop}'`);
    await system.privacy.forget('F1', false);
    const [changed] = await system.writeOrders([aDone({ updatedAt: '2026-12-01T00:00:00.000Z', cancelReason: 'x' })]);
    expect(changed).toMatchObject({ outcome: 'synced', conflict: false });
  });

  it('is not forgotten while their address is needed, unless a person insists', async () => {
    const system = await workbench.open();
    await system.writeOrders([aDone({ status: 'paid' }), aDone({ orderNumber: 'CART', status: 'pending' })]);
    expect(await system.privacy.forget('F1', false)).toBe('open');
    expect(await system.privacy.forget('CART', false)).toBe('open');
    expect(await documentOf(system, 'F1')).toMatch(PERSONAL);
    expect(await system.privacy.forget('F1', true)).toBe('forgotten');
    expect(await system.privacy.forget('NEVER', true)).toBe('unknown');
  });

  it('is found by e-mail address, in any case, among more orders than a page holds', async () => {
    const system = await workbench.open();
    const buyer = (email: string) => ({ buyer: { id: null, name: 'Li', email, phone: null } });
    const others = Array.from({ length: 1_100 }, (_, index) => aDone({ orderNumber: `N${1000 + index}` }));
    await system.writeOrders(others);
    await system.writeOrders([
      aDone({ orderNumber: 'A', ...buyer('li@example.com') }),
      aDone({ orderNumber: 'Z', ...buyer('Li@Example.com') }),
      aDone({ orderNumber: 'X', ...buyer('not-li@example.com') }),
    ]);
    const found: string[] = [];
    for (let after: string | null = null, isDone = false; !isDone; isDone = after === null) {
      const page: Awaited<ReturnType<typeof system.privacy.ordersOf>> = await system.privacy.ordersOf(
        'LI@example.com',
        after,
      );
      found.push(...page.orderNumbers);
      after = page.last;
    }
    expect(found).toEqual(['A', 'Z']);
  });

  it('is forgotten in what the ERP was given, too', async () => {
    const shop = uniqueName();
    const { system, deliver, deliveries } = await aLedgeredSink(workbench.database.url, shop);
    await system.writeOrders([aDone(), aDone({ orderNumber: 'F2' })]);
    expect(await system.privacy.forget('F1', false)).toBe('undelivered');
    expect(await system.privacy.forget('F1', true)).toBe('forgotten');
    await deliver(aDone({ orderNumber: 'F2' }));
    await system.writeOrders([aDone({ orderNumber: 'F2', updatedAt: '2026-12-01T00:00:00.000Z', buyerNote: 'new' })]);
    expect(await system.privacy.forget('F2', false)).toBe('undelivered');
    await deliver(aDone({ orderNumber: 'F2' }));
    expect(await system.privacy.forget('F2', false)).toBe('forgotten');
    const rows = await workbench.database.sql(`SELECT * FROM order_sync_deliveries WHERE shop = '${shop}'`);
    expect(JSON.stringify(rows)).not.toMatch(PERSONAL);
    const refunded = aDone({ orderNumber: 'F2', status: 'refunded', updatedAt: '2026-12-02T00:00:00.000Z' });
    await system.writeOrders([refunded]);
    await deliver(refunded);
    const { order, previous } = deliveries.at(-1) ?? {};
    expect(order?.status).toBe('refunded');
    expect(previous?.order.status).toBe('completed');
    expect(JSON.stringify([order, previous])).not.toMatch(PERSONAL);
  });
});
