import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { PaidOrder } from '../../../src/alerts/watch/happening.ts';
import { sharedMemory } from '../../../src/alerts/watch/shared-memory.ts';
import { Silence, type SilenceOptions } from '../../../src/alerts/watch/silence.ts';
import { Turn } from '../../../src/internal-system/turn.ts';
import { anOrder, aSnapshot } from '../../helpers/order-builder.ts';
import { sqlSystem } from '../../internal-system/helpers/sql-system.ts';

const MINUTE = 60_000;
/** The ledger's times are the present's. */
const NOW = Date.now();
const ALWAYS = { timeZone: 'UTC', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: 0, until: 1440 }] };

let url = '';
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  url = `sqlite:${join(folder, 'internal.db')}`;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

/** A daemon that tells after half an hour without a paid order, on the database of the test. */
async function aDaemon(options: Partial<Pick<SilenceOptions, 'settings' | 'clearSince'>> = {}) {
  const system = await sqlSystem(url, 'demo');
  await system.open();
  const turn = new Turn(system.reconciliation, 'alerts');
  onTestFinished(() => system.close());
  const began: [number, PaidOrder | null][] = [];
  const ended: [number, number][] = [];
  const silence = new Silence({
    settings: { ...ALWAYS, afterMs: 30 * MINUTE },
    memory: sharedMemory(turn),
    listOrders: (filter) => system.listOrders(filter),
    clearSince: async () => 0,
    began: (since, lastPaid) => began.push([since, lastPaid]),
    ended: (since, until) => ended.push([since, until]),
    ...options,
  });
  return {
    began,
    ended,
    look: (minutes: number) => silence.look(NOW + minutes * MINUTE),
    /** Another daemon may have the turn. */
    stop: () => turn.end(),
    async order(orderNumber: string, paidAt: number | null, status: 'paid' | 'pending' = 'paid') {
      const at = paidAt === null ? null : new Date(NOW + paidAt * MINUTE).toISOString();
      const placedAt = new Date(NOW - 1_000 * MINUTE).toISOString();
      const order = anOrder({ orderNumber, status, placedAt, paidAt: at, updatedAt: new Date(NOW).toISOString() });
      const results = await system.writeOrders([aSnapshot({ order })]);
      expect(results[0]?.outcome).toBe('synced');
    },
  };
}

const at = (minutes: number) => NOW + minutes * MINUTE;

test('half an hour without a paid order is told once, and then that one has come', async () => {
  const daemon = await aDaemon();
  await daemon.order('10086', -20);
  await daemon.order('10087', null, 'pending');
  await daemon.look(0);
  await daemon.look(9.9);
  expect(daemon.began).toEqual([]);
  await daemon.look(10);
  await daemon.look(11);
  expect(daemon.began).toEqual([[at(-20), { orderNumber: '10086', at: new Date(at(-20)).toISOString() }]]);
  expect(daemon.ended).toEqual([]);
  await daemon.order('10088', 12);
  await daemon.look(13);
  await daemon.look(14);
  expect(daemon.ended).toEqual([[at(-20), at(12)]]);
  expect(daemon.began).toHaveLength(1);
});

test('a daemon that is restarted, or another one, tells it no second time, and tells its end', async () => {
  const first = await aDaemon();
  await first.order('10086', -40);
  await first.look(0);
  expect(first.began).toHaveLength(1);
  await first.stop();
  const second = await aDaemon();
  await second.look(5);
  expect(second.began).toEqual([]);
  await second.order('10087', 6);
  await second.look(7);
  expect(second.ended).toEqual([[at(-40), at(6)]]);
});

test('of several daemons, only the one that has the turn tells it', async () => {
  const [one, other] = [await aDaemon(), await aDaemon()];
  await one.order('10086', -40);
  await one.look(0);
  await other.look(0);
  expect([...one.began, ...other.began]).toHaveLength(1);
});

test('in the night nothing is expected, and in the morning not before half an hour has passed', async () => {
  const minuteOfDay = Math.floor((NOW % (1440 * MINUTE)) / MINUTE);
  const days = [1, 2, 3, 4, 5, 6, 7];
  // Opens in ten minutes, and was closed before.
  const from = (minuteOfDay + 10) % 1440;
  const windows = [{ days, from, until: (from + 120) % 1440 || 1440 }];
  const daemon = await aDaemon({ settings: { timeZone: 'UTC', windows, afterMs: 30 * MINUTE } });
  await daemon.order('10086', -300);
  await daemon.look(0);
  await daemon.look(38);
  expect(daemon.began).toEqual([]);
  await daemon.look(41);
  expect(daemon.began).toMatchObject([[expect.any(Number), { orderNumber: '10086' }]]);
  expect(daemon.began[0]?.[0]).toBeGreaterThan(at(8));
});

test('while something is in the way of orders, and for half an hour after that, silence says nothing', async () => {
  let clearSince: number | undefined;
  const daemon = await aDaemon({ clearSince: async () => clearSince });
  await daemon.order('10086', -300);
  await daemon.look(0);
  clearSince = at(1);
  await daemon.look(30);
  expect(daemon.began).toEqual([]);
  await daemon.look(31);
  expect(daemon.began).toHaveLength(1);
});

test('a shop that never had a paid order is silent, too', async () => {
  const daemon = await aDaemon();
  await daemon.look(0);
  expect(daemon.began).toMatchObject([[expect.any(Number), null]]);
});
