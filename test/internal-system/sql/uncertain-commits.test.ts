import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOf } from '../../../src/internal-system/create-internal-system.ts';
import { SqlDeliveries } from '../../../src/internal-system/sql/deliveries.ts';
import { OutboxFollower } from '../../../src/internal-system/sql/outbox.ts';
import { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { notInstalled } from '../../helpers/servers/installed.ts';
import { awaitAbsentStandby, query, startPostgres } from '../../helpers/servers/postgres.ts';
import type { PrivateServer } from '../../helpers/servers/private-server.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { LATER, NOON, versions } from '../helpers/writes.ts';

interface Stores {
  readonly system: SqlInternalSystem;
  readonly deliveries: SqlDeliveries;
}

/** Whatever commits something that others rely on. `name` keeps one try apart from the other. */
const WRITERS: Readonly<Record<string, (stores: Stores, name: 'cancel' | 'terminate') => Promise<unknown>>> = {
  'a new order': ({ system }, name) => system.writeOrders(versions(NOON, `new-${name}`)),
  'a newer version of an order': ({ system }, name) => system.writeOrders(versions(LATER, name)),
  'a failure in the ledger': ({ system }, name) => system.recordFailures([aFailure(`failed-${name}`)]),
  'a delivery to the ERP that begins': ({ deliveries }, name) => deliveries.take(snapshotOf(name), name, 60_000, false),
  'a delivery that is done': async ({ deliveries }, name) => {
    const document = JSON.stringify(snapshotOf(name).order);
    const lease = { holder: name, snapshot: snapshotOf(name), order: snapshotOf(name).order, document, revision: 1 };
    const receipt = { erpId: 'S1', note: undefined, conflicts: [] };
    await deliveries.delivered({ ...lease, previous: undefined, uncertain: false }, receipt);
  },
  'the outbox, of what was announced': async ({ system }) => system.outbox.remove(await system.outbox.oldest(1)),
  'a shipment': ({ system }, name) => system.shipments.record(aShipment(name)),
  'a shipment that the shop has': ({ system }, name) =>
    system.shipments.noteReported({ orderNumber: name, shipmentId: 'S1', content: '' }, undefined),
  "reconciliation's lease": ({ system }, name) =>
    system.reconciliation.takeLease(name === 'cancel' ? 'changes' : 'deep', name, 60_000),
};

function snapshotOf(name: string) {
  const [snapshot] = versions(NOON, name);
  if (snapshot === undefined) throw new Error('expected a snapshot');
  return snapshot;
}

function aShipment(orderNumber: string) {
  const parcel = { carrier: 'SF', trackingNumber: 'SF1', trackingUrl: null, shippedAt: NOON, lines: null };
  return { orderNumber, shopOrderId: null, shipmentId: 'S1', ...parcel };
}

describe.skipIf(notInstalled('postgres'))('a COMMIT that waits for a standby which is away', () => {
  let server: PrivateServer;
  let stores: Stores;

  beforeAll(async () => {
    server = await startPostgres();
    // Nobody's setting may hide the warning that a commit is on this server alone.
    await query(server.port, 'ALTER ROLE root SET client_min_messages = error');
    const config = { url: server.url };
    const listeners = { notify: () => undefined, connected: () => undefined };
    const database = await databaseOf(config, { shop: 'demo', ...listeners });
    const system = new SqlInternalSystem(database, 'demo', { followers: [new OutboxFollower(database)] });
    stores = { system, deliveries: new SqlDeliveries(database, 'demo') };
    await system.open();
    await system.writeOrders(versions(NOON, 'cancel', 'terminate'));
    await awaitAbsentStandby(server.port);
  });

  afterAll(async () => {
    await stores.system.close();
    await server[Symbol.asyncDispose]();
  });

  describe.each(['cancel', 'terminate'] as const)('and that someone ends with pg_%s_backend', (name) => {
    it.each(Object.keys(WRITERS))('has not written, although it is on that server: %s', async (writer) => {
      const attempt = WRITERS[writer]?.(stores, name).then(
        () => 'committed',
        (error: unknown) => error,
      );
      const waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
      await expect.poll(() => query(server.port, `SELECT pid ${waiting}`), { interval: 20 }).toHaveLength(1);
      await query(server.port, `SELECT pg_${name}_backend(pid) ${waiting}`);
      expect(await attempt).toMatchObject({
        reason: 'internal_system_unavailable',
        message: expect.stringMatching(
          name === 'cancel' ? /127\.0\.0\.1:\d+ gave up waiting/ : /127\.0\.0\.1:\d+ is not answering/,
        ),
      });
    });
  });
});
