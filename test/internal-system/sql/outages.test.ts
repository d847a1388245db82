import { afterEach, expect, it, vi } from 'vitest';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { firstBlockedBy } from '../helpers/blocked-sessions.ts';
import { sqlSystem } from '../helpers/sql-system.ts';
import { describeDatabases, type StaffSession, uniqueName } from '../helpers/test-databases.ts';
import { LATER, NOON, outcomesOf, versions } from '../helpers/writes.ts';

const UNAVAILABLE = { reason: 'internal_system_unavailable' };

async function updatedAt(system: SqlInternalSystem, reference: string): Promise<string | undefined> {
  return (await system.findOrders(reference))[0]?.stored?.updatedAt;
}

/** Those that keep this process running. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
}

describeDatabases(
  'a database server',
  (workbench) => {
    let staff: StaffSession | undefined;
    let proxy: TcpProxy | undefined;
    let system: SqlInternalSystem | undefined;

    /** Staff hold a row locked in a transaction of their own. */
    async function staffLock(shop: string, number: string): Promise<StaffSession> {
      staff ??= await workbench.database.session();
      await staff.sql('BEGIN');
      await staff.sql(lockOrder(shop, number));
      return staff;
    }
    async function openBehindProxy(shop = uniqueName()) {
      const url = new URL(workbench.database.url);
      proxy = await startTcpProxy({ port: Number(url.port) });
      url.port = String(proxy.port);
      system = await sqlSystem(url.href, shop);
      await system.open();
      return { behindProxy: proxy, daemon: system };
    }

    const lockOrder = (shop: string, number: string) =>
      `UPDATE orders SET fulfilment_status = 'picking' WHERE shop = '${shop}' AND order_number = '${number}'`;

    afterEach(async () => {
      await staff?.close();
      await system?.close();
      await proxy?.[Symbol.asyncDispose]();
      staff = undefined;
      system = undefined;
      proxy = undefined;
    });

    it('that ends a connection in the middle of a write is an outage; the next call works', async () => {
      const shop = uniqueName();
      const daemon = await workbench.open(shop);
      await daemon.writeOrders(versions(NOON, 'K1', 'K2'));
      const holder = await staffLock(shop, 'K2');
      const write = outcomesOf(daemon.writeOrders(versions(LATER, 'K1', 'K2')));
      const session = await firstBlockedBy(holder, workbench.kind);
      const kill = workbench.kind === 'PostgreSQL' ? `SELECT pg_terminate_backend(${session})` : `KILL ${session}`;
      await workbench.database.sql(kill);
      expect(await write).toMatchObject(UNAVAILABLE);
      await holder.sql('ROLLBACK');
      expect(await updatedAt(daemon, 'K1')).toBe(NOON);
      expect(await outcomesOf(daemon.writeOrders(versions(LATER, 'K1', 'K2')))).toEqual(['synced', 'synced']);
    });

    it('that ends idle connections does no harm', async () => {
      const { behindProxy, daemon } = await openBehindProxy();
      await Promise.all(['I1', 'I2', 'I3'].map((number) => daemon.writeOrders(versions(NOON, number))));
      behindProxy.hangUp();
      await expect
        .poll(() => outcomesOf(daemon.writeOrders(versions(LATER, 'I1', 'I2', 'I3'))))
        .toEqual(['synced', 'synced', 'synced']);
    });

    it('that makes a write wait too long for a lock fails that attempt and keeps nothing of it', async () => {
      const shop = uniqueName();
      const daemon = await workbench.open(shop);
      await daemon.writeOrders(versions(NOON, 'L0', 'L1', 'L2'));
      const holder = await staffLock(shop, 'L2');
      expect(await outcomesOf(daemon.writeOrders(versions(LATER, 'L0', 'L1', 'L2')))).toMatchObject({
        reason: 'write_failed',
      });
      await holder.sql('COMMIT');
      expect(await updatedAt(daemon, 'L0')).toBe(NOON);
      expect(await updatedAt(daemon, 'L1')).toBe(NOON);
      expect(await outcomesOf(daemon.writeOrders(versions(LATER, 'L0', 'L1', 'L2')))).toEqual([
        'synced',
        'synced',
        'synced',
      ]);
    });

    it('that makes a write wait too long for a lock may have stored a new order of the batch, which the next attempt finds unchanged', async () => {
      const shop = uniqueName();
      const daemon = await workbench.open(shop);
      await daemon.writeOrders(versions(NOON, 'L3'));
      const holder = await staffLock(shop, 'L3');
      const both = [...versions(NOON, 'L4'), ...versions(LATER, 'L3')];
      expect(await outcomesOf(daemon.writeOrders(both))).toMatchObject({ reason: 'write_failed' });
      await holder.sql('COMMIT');
      expect(await outcomesOf(daemon.writeOrders(both))).toEqual([
        expect.stringMatching(/^(synced|unchanged)$/),
        'synced',
      ]);
      expect(await daemon.listOrders({ limit: 10 })).toMatchObject([{ state: 'synced' }, { state: 'synced' }]);
    });

    it('that falls silent in the middle of a write is an outage, noticed without help; calls work once it is back', async () => {
      const shop = uniqueName();
      const { behindProxy, daemon } = await openBehindProxy(shop);
      await daemon.writeOrders(versions(NOON, 'H1'));
      const holder = await staffLock(shop, 'H1');
      const write = outcomesOf(daemon.writeOrders(versions(LATER, 'H1')));
      await firstBlockedBy(holder, workbench.kind);
      behindProxy.freeze();
      const connecting = outcomesOf(daemon.writeOrders(versions(LATER, 'H2')));
      expect(await write).toMatchObject(UNAVAILABLE);
      expect(await connecting).toMatchObject(UNAVAILABLE);
      await holder.sql('ROLLBACK');
      behindProxy.cut();
      behindProxy.thaw();
      expect(await outcomesOf(daemon.writeOrders(versions(LATER, 'H1')))).toEqual(['synced']);
    });

    it('that is lost in the middle of a write leaves no timer behind, which would keep the process from ending', async () => {
      const shop = uniqueName();
      const { behindProxy, daemon } = await openBehindProxy(shop);
      await daemon.writeOrders(versions(NOON, 'D1'));
      const holder = await staffLock(shop, 'D1');
      const before = timers();
      const write = outcomesOf(daemon.writeOrders(versions(LATER, 'D1')));
      await firstBlockedBy(holder, workbench.kind);
      behindProxy.cut();
      expect(await write).toMatchObject(UNAVAILABLE);
      await holder.sql('ROLLBACK');
      await daemon.close();
      await vi.waitFor(() => expect(timers()).toBeLessThanOrEqual(before));
    });

    it('that falls silent does not keep the daemon from closing', async () => {
      const { behindProxy, daemon } = await openBehindProxy();
      behindProxy.freeze();
      await expect(daemon.close()).resolves.toBeUndefined();
    });
  },
  ['PostgreSQL', 'MySQL'],
);

describeDatabases(
  'an SQLite file',
  (workbench) => {
    it('that another process locks for too long is an outage; the next call works', async () => {
      const system = await workbench.open();
      await workbench.database.sql('BEGIN EXCLUSIVE');
      expect(await outcomesOf(system.writeOrders(versions(NOON, 'B1')))).toMatchObject(UNAVAILABLE);
      await workbench.database.sql('COMMIT');
      expect(await outcomesOf(system.writeOrders(versions(NOON, 'B1')))).toEqual(['synced']);
    });

    it('serves one call at a time: none sees half of another, and a failed one does not block the rest', async () => {
      const system = await workbench.open();
      const [first, seen, rejected, second] = await Promise.all([
        outcomesOf(system.writeOrders(versions(NOON, 'T1', 'T2'))),
        system.listOrders({ limit: 10 }),
        outcomesOf(system.writeOrders([...versions(NOON, 'T3'), ...versions('9999-12-31T23:59:59-01:00', 'T4')])),
        outcomesOf(system.writeOrders(versions(LATER, 'T1'))),
      ]);
      expect([first, rejected, second]).toMatchObject([['synced', 'synced'], { reason: 'write_rejected' }, ['synced']]);
      expect(seen.map(({ orderNumber }) => orderNumber).toSorted()).toBeOneOf([[], ['T1', 'T2']]);
      expect(await system.findOrders('T1')).toMatchObject([{ stored: { updatedAt: LATER } }]);
      expect(await system.findOrders('T3')).toEqual([]);
    });
  },
  ['SQLite'],
);
