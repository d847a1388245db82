import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Broker } from './broker.ts';
import { differences } from './compare.ts';
import { OrderSync } from './daemon.ts';
import type { RealCase } from './real-case.ts';
import type { RealShop } from './real-shop.ts';
import { reconcile } from './reconcile.ts';
import { CACHE } from './rig/cache.ts';
import { createVirtualHost, deleteVirtualHost, dropDatabase } from './rig/servers.ts';
import type { Row } from './row.ts';
import { runShipping } from './shipping/run-shipping.ts';

const SETTLE_SECONDS = 90;
/** Reconciliation leaves what changed in the last two minutes to its next scan. */
const GRACE_MS = 125_000;

export interface ShopResult {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What no case is to blame for. */
  readonly problems: readonly string[];
}

interface Played {
  readonly id: string;
  readonly title: string;
  readonly status: string;
}

type Say = (text: string) => void;

/** Starts a shop and the daemon, plays all cases, and compares what is stored with what the shop says. */
export async function runShop<Orders>(
  name: string,
  start: (amqpUrl: string) => Promise<RealShop<Orders>>,
  say: Say,
): Promise<ShopResult> {
  await using cleanUp = new AsyncDisposableStack();
  const amqpUrl = createVirtualHost(name);
  cleanUp.defer(() => deleteVirtualHost(name));
  cleanUp.defer(() => dropDatabase(name));
  say(`${name}: installing and starting (minutes, the first time)`);
  const shop = await start(amqpUrl);
  cleanUp.defer(() => shop.stop());
  const run = (env: Readonly<Record<string, string>>, folder = 'order-sync') =>
    new OrderSync(join(CACHE, name, folder), { RABBITMQ_URL: amqpUrl, ...env });
  if (shop.otherEnv !== undefined) await run(shop.otherEnv).command(['check']);
  const orderSync = run(shop.env);
  await orderSync.command(['check']);
  await orderSync.start();
  cleanUp.defer(() => orderSync.stop());
  const broker = await Broker.connect(amqpUrl);
  cleanUp.defer(() => broker.close());

  say(`${shop.title}: ${shop.cases.length} cases`);
  const played = await playAll(shop, say);
  const seen = await settled(shop, orderSync, [...played.values()]);
  say(`${shop.title}: what happens while no event gets through, then reconciliation`);
  await broker.loseEvents();
  const later = await playUnseen(shop, played);
  await pause(GRACE_MS);
  const lost = await broker.lostEvents();
  await reconcile(orderSync, '--since', '1h');
  await reconcile(orderSync, '--deep', '--since', '1h');
  const found = await settled(shop, orderSync, later);
  const deadLetters = await broker.deadLetters();
  const problems = [
    ...(lost === 0 ? ['no event was lost: reconciliation had nothing to find'] : []),
    ...(deadLetters === 0 ? [] : [await orderSync.command(['dead-letters', 'list'])]),
    ...(await strangers(shop, orderSync)),
  ];
  await orderSync.stop();
  say(`${shop.title}: shipments`);
  const shipped = await runShipping(shop.shipping, run(shop.shipping.env, 'shipments'), say);
  return { title: shop.title, rows: [...seen, ...found, ...shipped], problems };
}

async function playAll<Orders>(shop: RealShop<Orders>, say: Say): Promise<Map<RealCase<Orders>, Played>> {
  await shop.playNoOrders(shop.orders);
  const played = new Map<RealCase<Orders>, Played>();
  for (const each of shop.cases) {
    say(`  ${each.title}`);
    played.set(each, { title: each.title, status: each.status, id: await each.play(shop.orders) });
  }
  return played;
}

async function playUnseen<Orders>(
  { cases, orders }: RealShop<Orders>,
  played: ReadonlyMap<RealCase<Orders>, Played>,
): Promise<Played[]> {
  const later: Played[] = [];
  for (const each of cases) {
    const before = played.get(each);
    if (each.unseen === undefined || before === undefined) continue;
    await each.unseen.play(orders, before.id);
    later.push({ id: before.id, title: `${each.title} → unseen: ${each.unseen.title}`, status: each.unseen.status });
  }
  return later;
}

/** The comparison once it is free of differences, or has not become so in time. */
async function settled<Orders>(
  shop: RealShop<Orders>,
  orderSync: OrderSync,
  played: readonly Played[],
): Promise<Row[]> {
  const expected = new Map((await shop.readOrders()).map((order) => [order.shopOrderId, order]));
  let rows: Row[] = [];
  for (let second = 0; second < SETTLE_SECONDS; second += 1) {
    const stored = new Map(orderSync.orders().map((order) => [order.shopOrderId, order]));
    rows = played.map(({ id, title, status }) => {
      const order = expected.get(id);
      if (order === undefined) return { title, status, fields: 0, problems: ['the shop does not list it'] };
      const problems = differences(order, status, stored.get(id));
      return { title, status, fields: Object.keys(order.fields).length + 1, problems };
    });
    if (rows.every(({ problems }) => problems.length === 0)) break;
    await pause(1_000);
  }
  return rows;
}

/** Carts and drafts must not be stored; nor may an order be missing that no case is about. */
async function strangers<Orders>(shop: RealShop<Orders>, orderSync: OrderSync): Promise<string[]> {
  const known = new Set((await shop.readOrders()).map(({ shopOrderId }) => shopOrderId));
  const stored = new Set(orderSync.orders().map(({ shopOrderId }) => shopOrderId));
  return [
    ...[...stored].filter((id) => !known.has(id)).map((id) => `${id} is stored, but is no order`),
    ...[...known].filter((id) => !stored.has(id)).map((id) => `${id} is not stored`),
  ];
}
