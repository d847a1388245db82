import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SqlInternalSystem } from '../../src/internal-system/sql/sql-internal-system.ts';
import { Turn } from '../../src/internal-system/turn.ts';
import { Announcer } from '../../src/shipments/announcer.ts';
import { write } from '../internal-system/helpers/one-order.ts';
import { describeDatabases, uniqueName } from '../internal-system/helpers/test-databases.ts';
import { someDepths } from '../ops/daemon-state.ts';

const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describeDatabases('an event of a shipment', (workbench) => {
  /** One shipment, whose event was sent this many seconds ago, and of which nothing was heard. */
  const aSentShipment = async (seconds: number) => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await write(system, { orderNumber: 'S1' });
    const events: unknown[] = [];
    const seen = { depths: someDepths(), inFlight: 0 };
    const announcer = new Announcer({
      store: system.shipments,
      rabbit: { enqueue: async (event) => void events.push(event) },
      turn: new Turn(system.reconciliation, 'announce'),
      depths: async () => seen.depths,
      inFlight: () => seen.inFlight,
    });
    await enter(system);
    await announcer.announce();
    expect(events.splice(0)).toEqual([{ orderNumber: 'S1', shipmentId: 'P-1' }]);
    await workbench.database.sql(
      `UPDATE order_shipments SET sent_at = ${AGO[workbench.kind](seconds)} WHERE shop = '${shop}'`,
    );
    return { system, announcer, events, seen };
  };
  /** The search, and the round after it, which sends what it found. */
  const searched = async ({ announcer, events }: Awaited<ReturnType<typeof aSentShipment>>, afterMs = MINUTE_MS) => {
    vi.advanceTimersByTime(afterMs);
    await announcer.announce();
    await announcer.announce();
    return events.splice(0);
  };

  it('that got lost with its queue is sent again, once', async () => {
    const shipment = await aSentShipment(61);
    expect(await searched(shipment)).toEqual([{ orderNumber: 'S1', shipmentId: 'P-1' }]);
    expect(await searched(shipment)).toEqual([]);
  });

  it('is searched for once a minute', async () => {
    const shipment = await aSentShipment(61);
    expect(await searched(shipment, MINUTE_MS - 1)).toEqual([]);
    expect(await searched(shipment, 1)).toHaveLength(1);
  });

  it('that was sent less than a minute ago is not lost', async () => {
    expect(await searched(await aSentShipment(30))).toEqual([]);
  });

  it.each([
    ['one waits', { depths: someDepths({ waiting: 1 }) }],
    ['one waits for its next attempt', { depths: someDepths({ retrying: 1 }) }],
    ['one is being reported', { inFlight: 1 }],
    ['the broker does not say', { depths: someDepths({ waiting: undefined, problem: 'its node is down' }) }],
  ])('is not lost while %s: it may be that one', async (_, what) => {
    const shipment = await aSentShipment(61);
    Object.assign(shipment.seen, what);
    expect(await searched(shipment)).toEqual([]);
    Object.assign(shipment.seen, { depths: someDepths({ deadLetters: 1 }), inFlight: 0 });
    expect(await searched(shipment)).toHaveLength(1);
  });

  it('of a shipment that is reported, or was given up, is not searched for', async () => {
    for (const end of ['reported', 'failed'] as const) {
      const shipment = await aSentShipment(61);
      const { shipments } = shipment.system;
      const taken = await shipments.take({ orderNumber: 'S1', shipmentId: 'P-1' }, 'one', MINUTE_MS);
      if (taken === undefined || taken === 'taken') throw new Error('expected it to be free');
      if (end === 'reported') await shipments.noteReported(taken, undefined);
      else await shipments.noteFailed(taken, { state: end, error: 'refused' });
      expect(await searched(shipment), end).toEqual([]);
    }
  });
});

async function enter({ shipments }: SqlInternalSystem): Promise<void> {
  await shipments.record({
    ...{ orderNumber: 'S1', shopOrderId: null, shipmentId: 'P-1', carrier: 'SF', trackingNumber: 'SF1' },
    ...{ trackingUrl: null, shippedAt: '2026-11-22T16:00:00.000Z', lines: null },
  });
}

const AGO = {
  SQLite: (seconds: number) => `strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-${seconds} seconds')`,
  PostgreSQL: (seconds: number) => `now() - interval '${seconds} seconds'`,
  MySQL: (seconds: number) => `utc_timestamp(3) - INTERVAL ${seconds} SECOND`,
};
