import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { ownMemory, sharedMemory } from '../../../src/alerts/watch/shared-memory.ts';
import { type OverduePause, SharedTroubles } from '../../../src/alerts/watch/shared-troubles.ts';
import { SyncError } from '../../../src/errors.ts';
import { Turn } from '../../../src/internal-system/turn.ts';
import type { ShopClient } from '../../../src/shop/shop-client.ts';
import { sqlSystem } from '../../internal-system/helpers/sql-system.ts';

let url = '';
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  url = `sqlite:${join(folder, 'internal.db')}`;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

/** A daemon on a machine of its own, on the database of the test. */
async function aDaemon(webhooksOff: NonNullable<ShopClient['webhooksOff']> = async () => []) {
  const system = await sqlSystem(url, 'demo');
  await system.open();
  onTestFinished(() => system.close());
  const turn = new Turn(system.reconciliation, 'alerts');
  const memory = sharedMemory(turn);
  const shop: ShopClient = { fetchOrders: async () => new Map(), webhooksOff };
  const told: string[] = [];
  const daemon = { pause: undefined as OverduePause | undefined, told, stop: () => turn.end() };
  const shared = new SharedTroubles({
    memory: () => memory,
    shop: () => shop,
    overduePause: () => daemon.pause,
    began: ({ trouble }) => told.push(`${trouble.kind}_began`),
    ended: ({ trouble, lastedMs }) => told.push(`${trouble.kind}_ended ${lastedMs}`),
    stopping: new AbortController().signal,
  });
  return Object.assign(daemon, { memory, look: (now?: number) => shared.look(now) });
}

const anOverduePause: OverduePause = { since: new Date('2026-11-29T08:00:00Z'), by: 'anna', reason: 'ERP upgrade' };

test('is told once, by one of two daemons, and not again by the one that takes over', async () => {
  const [one, other] = [await aDaemon(async () => ['order.updated']), await aDaemon(async () => ['order.updated'])];
  for (const daemon of [one, other, one, other]) await daemon.look();
  expect(one.told).toEqual(['webhook_off_began']);
  await one.stop();
  const third = await aDaemon(async () => ['order.updated']);
  await third.look();
  expect([...other.told, ...third.told]).toEqual([]);
  await third.stop();
  const last = await aDaemon();
  await last.look();
  expect(last.told).toEqual([expect.stringMatching(/^webhook_off_ended \d+$/)]);
});

test('a shop that has not answered has not said that it is over', async () => {
  const one = await aDaemon(async () => ['order.updated']);
  await one.look();
  await one.stop();
  const other = await aDaemon(() => Promise.reject(new SyncError('shop_unreachable', 'It does not answer.')));
  await other.look();
  expect(other.told).toEqual([]);
  expect(await other.memory.told()).toHaveLength(1);
});

test('a pause that may have been forgotten is told, and its end with how long it took', async () => {
  const daemon = await aDaemon();
  daemon.pause = anOverduePause;
  await daemon.look();
  await daemon.look();
  expect(daemon.told).toEqual(['pause_began']);
  daemon.pause = undefined;
  await daemon.look(Date.parse('2026-11-29T13:00:00Z'));
  expect(daemon.told).toEqual(['pause_began', `pause_ended ${5 * 3_600_000}`]);
});

test('does not disturb what is known of silence, nor the other way round', async () => {
  const daemon = await aDaemon(async () => ['order.updated']);
  const since = new Date('2026-11-29T08:00:00Z');
  await daemon.look();
  expect(await daemon.memory.noteSilence(since)).toBe(true);
  daemon.pause = anOverduePause;
  await daemon.look();
  expect(await daemon.memory.silentSince()).toEqual(since);
  expect(await daemon.memory.told()).toHaveLength(2);
});

test('where the internal system keeps nothing, each daemon tells', async () => {
  const memory = ownMemory();
  expect([await memory.isMine(), await memory.told(), await memory.silentSince()]).toEqual([true, [], undefined]);
  expect(await memory.noteTold([{ trouble: { kind: 'webhook_off', topic: 'order.updated' }, since: 0 }])).toBe(true);
  expect(await memory.told()).toHaveLength(1);
});
