import { afterEach, expect, it, vi } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import type { SqlInternalSystem } from '../../src/internal-system/sql/sql-internal-system.ts';
import { Turn } from '../../src/internal-system/turn.ts';
import { type ListShipments, pullShipments } from '../../src/shipments/pull.ts';
import { write } from '../internal-system/helpers/one-order.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';

type Listed = Awaited<ReturnType<ListShipments>>['shipments'][number];

function aShipment(orderNumber: string, trackingNumber = 'SF1', shipmentId = 'P-1'): Listed {
  const shippedAt = '2026-11-22T16:00:00.000Z';
  return { ...{ orderNumber, shipmentId, trackingNumber, shippedAt }, ...NOTHING_ELSE };
}

const NOTHING_ELSE = { shopOrderId: null, carrier: 'SF', trackingUrl: null, lines: null };
const DAY_MS = 24 * 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

/** An ERP that answers each cursor with what it has listed since. */
function anErp(system: SqlInternalSystem) {
  const listed: Listed[] = [];
  const asked: (string | null)[] = [];
  const list: ListShipments = async (cursor) => {
    asked.push(cursor);
    return { shipments: listed.slice(Number(cursor ?? 0)), cursor: listed.length === 0 ? null : String(listed.length) };
  };
  let turn = new Turn(system.reconciliation, 'erp-shipments');
  const told: string[] = [];
  return {
    asked,
    told,
    turn,
    ships: (...shipments: readonly Listed[]) => void listed.push(...shipments),
    /** Another daemon, which has nothing in memory. */
    takeOver: async () => {
      await turn.end();
      turn = new Turn(system.reconciliation, 'erp-shipments');
    },
    pull: (listing = list) =>
      pullShipments(listing, system, turn, new AbortController().signal, {
        waits: (problem) => told.push(`waits: ${problem}`),
        refused: (problem) => told.push(`refused: ${problem}`),
      }),
  };
}

describeDatabases("the ERP's shipments", (workbench) => {
  const known = async ({ shipments }: SqlInternalSystem, orderNumber: string) =>
    (await shipments.ofOrder(orderNumber)).map((record) => record.trackingNumber);

  it('are entered, from where it was left off, by whichever daemon comes next', async () => {
    const system = await workbench.open();
    for (const orderNumber of ['A', 'B']) await write(system, { orderNumber });
    const erp = anErp(system);
    erp.ships(aShipment('A'));
    await erp.pull();
    await erp.pull();
    erp.ships(aShipment('B'), aShipment('A', 'SF2'));
    await erp.takeOver();
    await erp.pull();
    expect(erp.asked).toEqual([null, '1', '1']);
    expect([await known(system, 'A'), await known(system, 'B')]).toEqual([['SF2'], ['SF1']]);
    expect(erp.told).toEqual([]);
  });

  it('are asked for again if not all could be entered, and change nothing then', async () => {
    const system = await workbench.open();
    for (const orderNumber of ['A', 'B']) await write(system, { orderNumber });
    const erp = anErp(system);
    erp.ships(aShipment('A'), aShipment('B'));
    const record = system.shipments.record.bind(system.shipments);
    const down = vi.spyOn(system.shipments, 'record').mockImplementationOnce(record);
    down.mockRejectedValueOnce(new SyncError('internal_system_unavailable', 'It is down.'));
    await expect(erp.pull()).rejects.toThrow('It is down.');
    await erp.pull();
    expect(erp.asked).toEqual([null, null]);
    expect(await Promise.all(down.mock.results.map(({ value }) => value.catch(() => 'failed')))).toEqual([
      ...['recorded', 'failed'],
      ...['unchanged', 'recorded'],
    ]);
  });

  it('are not asked for by a daemon whose turn it is not', async () => {
    const system = await workbench.open();
    const [first, second] = [anErp(system), anErp(system)];
    await first.pull();
    await second.pull();
    expect([first.asked, second.asked]).toEqual([[null], []]);
  });

  it('that can never be recorded are told of once, and do not hold up the others', async () => {
    const system = await workbench.open();
    await write(system, { orderNumber: 'A' });
    const erp = anErp(system);
    erp.ships({ ...aShipment('A'), lines: [{ lineId: null, sku: 'NONE', quantity: 1 }] }, aShipment('A', 'SF2', 'P-2'));
    await erp.pull();
    await erp.pull();
    expect(erp.told).toEqual(['refused: The order has no line with SKU NONE.']);
    expect(await known(system, 'A')).toEqual(['SF2']);
  });

  it('of an order that is not stored yet wait for it, across daemons, and are entered as they were corrected', async () => {
    const system = await workbench.open();
    const erp = anErp(system);
    erp.ships(aShipment('LATE'));
    await erp.pull();
    erp.ships(aShipment('LATE', 'SF2'));
    await erp.takeOver();
    await erp.pull();
    expect(await known(system, 'LATE')).toEqual([]);
    await write(system, { orderNumber: 'LATE' });
    await erp.takeOver();
    await erp.pull();
    expect(await known(system, 'LATE')).toEqual(['SF2']);
    expect(erp.told).toEqual(['waits: No order LATE is stored here.', 'waits: No order LATE is stored here.']);
    await erp.pull();
    expect(erp.asked).toEqual([null, '1', '2', '2']);
  });

  it('wait for a week, and are then told of as refused', async () => {
    const system = await workbench.open();
    const erp = anErp(system);
    erp.ships(aShipment('NEVER'));
    await erp.pull();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6.9 * DAY_MS });
    await erp.pull();
    expect(erp.told).toEqual(['waits: No order NEVER is stored here.']);
    vi.setSystemTime(Date.now() + 0.2 * DAY_MS);
    await erp.pull();
    await erp.pull();
    expect(erp.told.slice(1)).toEqual(['refused: No order NEVER is stored here.']);
  });
});

describeDatabases(
  'of more shipments without an order than are kept',
  (workbench) => {
    it('the oldest are given up, in one line, and the others wait on', async () => {
      const system = await workbench.open();
      const erp = anErp(system);
      erp.ships(...Array.from({ length: 503 }, (_, index) => aShipment(`N${index}`)));
      await erp.pull();
      expect(erp.told.filter((line) => line.startsWith('refused'))).toEqual([
        'refused: Of more than 500 shipments without an order, the 3 oldest were given up.',
      ]);
      for (const orderNumber of ['N2', 'N3']) await write(system, { orderNumber });
      await erp.pull();
      expect(await system.shipments.ofOrder('N2')).toEqual([]);
      expect(await system.shipments.ofOrder('N3')).toHaveLength(1);
    });
  },
  ['SQLite'],
);
