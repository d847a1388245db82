import { expect, it } from 'vitest';
import type { SearchKind } from '../../../src/internal-system/search/order-search.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { anAddress } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { write } from '../helpers/one-order.ts';
import { describeDatabases } from '../helpers/test-databases.ts';

const nobody = { id: null, name: null, email: null, phone: null };

/** A person's order, with a recipient who is somebody else if one is given. */
function orderOf(orderNumber: string, buyer: Partial<typeof BUYER>, recipient: Parameters<typeof anAddress>[0] = {}) {
  return {
    orderNumber,
    buyer: { ...nobody, ...buyer },
    shippingAddress: anAddress({ recipient: null, phone: null, ...recipient }),
  };
}
const BUYER = { id: 'u', name: '王小明', email: 'Xiao.Ming@example.com', phone: '+86 138-0013-8000' };

async function search(system: SqlInternalSystem, kind: SearchKind, text: string): Promise<string[]> {
  const { orders, isReady } = await system.searchOrders({ terms: [{ kind, text }], limit: 20 });
  expect(isReady).toBe(true);
  return orders.map(({ record }) => record.orderNumber ?? '?').toSorted();
}

async function prepared(system: SqlInternalSystem): Promise<SqlInternalSystem> {
  const problems: string[] = [];
  await system.prepareSearch((_, message) => problems.push(message));
  expect(problems).toEqual([]);
  return system;
}

describeDatabases('searching orders', (workbench) => {
  it('finds them by the buyer’s or the recipient’s name, phone and email, and no others', async () => {
    const system = await prepared(await workbench.open());
    await write(system, orderOf('A', BUYER));
    await write(
      system,
      orderOf('B', { name: 'Li Ming', phone: '0571 8888 1234' }, { recipient: '欧阳娜娜', phone: '13900139000' }),
    );
    await write(system, orderOf('C', {}));
    for (const [kind, text, expected] of [
      ['name', '王小明', ['A']],
      ['name', '王小', ['A']],
      ['name', 'liming', ['B']],
      ['name', '欧阳', ['B']],
      ['name', '小红', []],
      ['email', 'xiao.ming@example.com', ['A']],
      ['email', 'xiao.', ['A']],
      ['email', 'ming@', []],
      ['phone', '13800138000', ['A']],
      ['phone', '8613800138000', ['A']],
      ['phone', '8613900139000', ['B']],
      ['phone', '8000', ['A']],
      ['phone', '1234', ['B']],
      ['phone', '9999', []],
    ] as const) {
      expect([kind, text, await search(system, kind, text)]).toEqual([kind, text, expected]);
    }
    // PostgreSQL's index has room for more.
    const byGivenName = workbench.kind === 'PostgreSQL' ? ['A'] : [];
    expect(await search(system, 'name', '小明')).toEqual(byGivenName);
  });

  it('finds them by tracking number, in capitals or not', async () => {
    const system = await prepared(await workbench.open());
    await write(system, { orderNumber: 'T' });
    const shipment = {
      orderNumber: 'T',
      shopOrderId: null,
      shipmentId: 'P1',
      carrier: 'SF',
      trackingUrl: null,
      shippedAt: '2026-11-23T08:00:00.000Z',
      lines: null,
    };
    await system.shipments.record({ ...shipment, trackingNumber: 'sf1234567890' });
    expect(await search(system, 'tracking-number', 'SF1234567890')).toEqual(['T']);
    expect(await search(system, 'tracking-number', 'SF123456789')).toEqual([]);
  });

  it('takes every character for itself', async () => {
    const system = await prepared(await workbench.open());
    const name = `O'Brien%_\\&|!:*`;
    await write(system, orderOf('Q', { name }));
    expect(await search(system, 'name', name.toLowerCase())).toEqual(['Q']);
    for (const text of ['%', 'o_brien', "o'brien%_\\\\", '李" OR 1=1 --', "':*", '?', "'"]) {
      expect(await search(system, 'name', text)).toEqual([]);
    }
  });

  it('knows no other shop’s, and forgets what an order no longer says', async () => {
    const [one, other] = [await prepared(await workbench.open()), await workbench.open()];
    const order = orderOf('F', { name: '独一无二', phone: '13800000007' });
    await write(one, order);
    await write(other, orderOf('F', { name: '另一人' }));
    expect(await search(other, 'name', '独一无二')).toEqual([]);
    await write(one, { ...order, buyer: { ...nobody, name: '别人' }, updatedAt: '2026-11-23T09:00:00Z' });
    expect(await search(one, 'name', '独一无二')).toEqual([]);
    expect(await search(one, 'name', '别人')).toEqual(['F']);
  });

  it('shows the latest placed, says that there are more, and by what each was found', async () => {
    const system = await prepared(await workbench.open());
    for (const day of [1, 2, 3]) {
      await write(system, { ...orderOf(`D${day}`, { name: '赵六六' }), placedAt: `2026-11-0${day}T08:00:00Z` });
    }
    const { orders, hasMore } = await system.searchOrders({ terms: [{ kind: 'name', text: '赵六六' }], limit: 2 });
    expect(orders.map(({ record, by }) => [record.orderNumber, by])).toEqual([
      ['D3', 'name'],
      ['D2', 'name'],
    ]);
    expect(hasMore).toBe(true);
  });

  it('shows an order as its latest event left it', async () => {
    const system = await prepared(await workbench.open());
    await write(system, orderOf('R', { name: '钱七七' }));
    const known = { orderNumber: 'R', shopOrderId: 'id-R' };
    await system.recordFailures([aFailure('R', { order: known, state: 'dead-lettered', failedAt: new Date() })]);
    const { orders } = await system.searchOrders({ terms: [{ kind: 'name', text: '钱七七' }], limit: 2 });
    expect(orders.map(({ record }) => [record.state, record.stored?.status])).toEqual([['dead-lettered', 'paid']]);
  });

  it('stores any order that it stored before, whatever it says of its buyer', async () => {
    const system = await prepared(await workbench.open());
    const endless = '长'.repeat(5_000);
    const buyer = { id: '', name: endless, email: `${endless}@x`, phone: '1'.repeat(5_000) };
    await write(system, {
      ...orderOf('L', buyer),
      shippingAddress: anAddress({ recipient: '', phone: 'ask at the door' }),
    });
    await write(system, { orderNumber: 'G', buyer: null, shippingAddress: null });
    expect(await search(system, 'name', endless.slice(0, 60))).toEqual(['L']);
  });
});

describeDatabases('a search over orders from before', (workbench) => {
  it('says that it is not ready, finds them once it is, and is prepared by several daemons at once', async () => {
    const [one, two] = [await workbench.open('old'), await workbench.open('old')];
    await write(one, orderOf('A', BUYER));
    const terms = [{ kind: 'phone', text: '13800138000' }] as const;
    expect(await one.searchOrders({ terms, limit: 1 })).toMatchObject({ orders: [], isReady: false });
    await Promise.all([prepared(one), prepared(two)]);
    await expect.poll(() => search(two, 'phone', '13800138000')).toEqual(['A']);
    await prepared(one);
  });
});

describeDatabases(
  'an index whose building broke off',
  (workbench) => {
    it('is built anew, and found by what was stored meanwhile', async () => {
      const system = await prepared(await workbench.open('broken'));
      await write(system, orderOf('A', BUYER));
      await workbench.database.sql(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_search'::regclass",
      );
      const restarted = await workbench.open('broken');
      const terms = [{ kind: 'name', text: '王小明' }] as const;
      expect(await restarted.searchOrders({ terms, limit: 1 })).toMatchObject({ isReady: false });
      expect(await search(await prepared(restarted), 'name', '王小明')).toEqual(['A']);
    });
  },
  ['PostgreSQL'],
);

describeDatabases(
  'an index that cannot be created',
  (workbench) => {
    it('is told of, and orders arrive all the same', async () => {
      const system = await workbench.open('bound');
      const staff = await workbench.database.session();
      await staff.sql('BEGIN IMMEDIATE');
      const problems: string[] = [];
      await system.prepareSearch((level, message) => problems.push(`${level}: ${message}`));
      await staff.sql('ROLLBACK');
      await staff.close();
      expect(problems).toEqual([
        expect.stringMatching(/^warn: An index for the search .* could not be created: .*locked/),
      ]);
      expect((await write(system, orderOf('A', BUYER)))?.outcome).toBe('synced');
    });
  },
  ['SQLite'],
);
